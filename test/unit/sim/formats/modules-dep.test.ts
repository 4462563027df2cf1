import { expect, it } from 'vitest'
import { parseModulesDep } from '../../../../sim/formats/modules-dep.ts'

it('modules.dep names files below the module directory; a dash of theirs is an underscore, compression is no part', () => {
  const text = 'kernel/a/one-two.ko.xz: kernel/b/three.ko.xz kernel/c/four.ko.xz\nkernel/c/four.ko.xz:\n'
  expect(Object.fromEntries(parseModulesDep(text))).toEqual({ one_two: ['three', 'four'], four: [] })
})

import { expect, it } from 'vitest'
import { checkArgumentSize } from '../../../../sim/kernel/exec-limits.ts'

const none = new Map<string, string>()
const tooBig = expect.objectContaining({ errno: 'E2BIG' })

it('one argument, or one variable, has 128 KiB with its NUL', () => {
  checkArgumentSize(['x'.repeat(131_071)], none)
  expect(() => checkArgumentSize(['x'.repeat(131_072)], none)).toThrow(tooBig)
  expect(() => checkArgumentSize(['x'], new Map([['A', 'é'.repeat(65_535)]]))).toThrow(tooBig)
})

it('all of them have 2 MiB with their pointers', () => {
  const strings = (count: number): readonly string[] => Array.from({ length: count }, () => 'x'.repeat(1015))
  checkArgumentSize(strings(2048), none)
  expect(() => checkArgumentSize(strings(2049), none)).toThrow(tooBig)
})

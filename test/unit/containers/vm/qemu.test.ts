import { expect, test } from 'vitest'
import { majorVersion } from '../../../../containers/vm/qemu.ts'

test('QEMU’s version is read from its own words', () => {
  expect(majorVersion('QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)\nCopyright (c) 2003-2022\n')).toBe(
    7,
  )
  expect(majorVersion('QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)\n')).toBe(10)
  expect(majorVersion('')).toBe(0)
})

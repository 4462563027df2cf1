import { expect, it } from 'vitest'
import { parseLong } from '../../../../sim/kernel/sysctl-number.ts'

it('a number is decimal, octal or hexadecimal, and ends at white space', () => {
  expect(['7', '-7', '010', '0x1F', ' 12\t34'].map(parseLong)).toEqual([7n, -7n, 8n, 31n, 12n])
})

it('what is no number is EINVAL', () => {
  for (const text of ['', ' ', '+1', '1x', '--1', '9'.repeat(21)])
    expect(() => parseLong(text)).toThrow(expect.objectContaining({ errno: 'EINVAL' }))
})

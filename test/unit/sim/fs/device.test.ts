import { expect, it } from 'vitest'
import { openDevice } from '../../../../sim/fs/device.ts'

it('null swallows what is written and is at its end when it is read', () => {
  const device = openDevice(1, 3, '/dev/null')
  expect(device.write(new Uint8Array(9))).toBe(9)
  expect(device.read(9)).toHaveLength(0)
})

it('zero gives zeros without end', () => {
  expect(openDevice(1, 5, '/dev/zero').read(3)).toEqual(new Uint8Array(3))
})

it('full is ENOSPC', () => {
  expect(() => openDevice(1, 7, '/dev/full').write(Uint8Array.of(1))).toThrow(
    expect.objectContaining({ errno: 'ENOSPC' }),
  )
})

it('a device that is not modelled is never mistaken for one that is', () => {
  expect(() => openDevice(254, 0, '/dev/vda')).toThrow('is not simulated')
})

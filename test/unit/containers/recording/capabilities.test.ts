import { expect, test } from 'vitest'
import { capabilityNames } from '../../../../containers/recording/capabilities.ts'

test('the bits of a mask have their names, from the lowest', () => {
  expect(capabilityNames('0000000000010001')).toEqual(['cap_chown', 'cap_sys_module'])
  expect(capabilityNames('000001ffffffffff')).toHaveLength(41)
})

test('a bit that has no name throws', () => {
  expect(() => capabilityNames('000003ffffffffff')).toThrow('a capability without a name')
})

import { expect, it } from 'vitest'
import { compareUnits, matches } from '../../../../sim/bin/systemctl-names.ts'

it('units are listed by the name of their type, then by their name without regard to case', () => {
  const units = [
    'b.target',
    'NetworkManager.service',
    'plymouth.service',
    'a.mount',
    'display-manager.service',
  ]
  expect(units.sort(compareUnits)).toEqual([
    'a.mount',
    'display-manager.service',
    'NetworkManager.service',
    'plymouth.service',
    'b.target',
  ])
})

it('a name without a type is that of a service, and a pattern is one of the whole name', () => {
  expect(matches('dbus', 'dbus.service')).toBe(true)
  expect(matches('dbus', 'dbus.socket')).toBe(false)
  expect(matches('dbus.*', 'dbus.socket')).toBe(true)
})

import { beforeEach, expect, it } from 'vitest'
import { type SysctlState, SysctlTable, sysctlAtBoot } from '../../../../sim/kernel/sysctl.ts'

let state: { value: SysctlState }
let table: SysctlTable

beforeEach(() => {
  const names = ['all', 'default', 'lo']
  const forwarding = names.map(
    name => [`net/ipv4/conf/${name}/forwarding`, { mode: '0644', value: '0' }] as const,
  )
  state = {
    value: sysctlAtBoot({
      'net/ipv4/ip_forward': { mode: '0644', value: '0' },
      ...Object.fromEntries(forwarding),
      'vm/swappiness': { mode: '0644', value: '60' },
      'vm/hidden': { mode: '0644', errno: 'EIO' },
      'net/unknown': { mode: '0644', value: '1' },
    }),
  }
  table = new SysctlTable(state)
})

const forwarding = (): readonly string[] =>
  ['all', 'default', 'lo'].map(name => table.read(`net/ipv4/conf/${name}/forwarding`).trim())

it('directories are what the paths of the entries have in common', () => {
  expect(table.names('')).toEqual(['net', 'vm'])
  expect(table.names('net/ipv4/conf')).toEqual(['all', 'default', 'lo'])
  expect(table.names('net/ipv6')).toBeUndefined()
})

it('ip_forward and conf.all.forwarding are one, and either sets every interface', () => {
  table.write('net/ipv4/ip_forward', '1\n')
  expect(forwarding()).toEqual(['1', '1', '1'])
  table.write('net/ipv4/conf/all/forwarding', '0\n')
  expect([table.read('net/ipv4/ip_forward'), ...forwarding()]).toEqual(['0\n', '0', '0', '0'])
})

it('one interface is set for itself', () => {
  table.write('net/ipv4/conf/lo/forwarding', '1\n')
  expect([table.read('net/ipv4/ip_forward'), ...forwarding()]).toEqual(['0\n', '0', '0', '1'])
})

it('a refused write changes nothing', () => {
  const before = state.value
  expect(() => table.write('vm/swappiness', '201\n')).toThrow(expect.objectContaining({ errno: 'EINVAL' }))
  expect(() => table.write('vm/none', '1\n')).toThrow(expect.objectContaining({ errno: 'ENOENT' }))
  expect(() => table.write('net/unknown', '1\n')).toThrow('is not simulated')
  expect(state.value).toBe(before)
})

it('reading what the recorder could not read is the same errno', () => {
  expect(() => table.read('vm/hidden')).toThrow(expect.objectContaining({ errno: 'EIO' }))
})

it('what a module brought goes with it', () => {
  const before = state.value
  const brought = { 'net/bridge/bridge-nf-call-iptables': { mode: '0644', value: '1' } }
  table.register(brought)
  expect(table.names('net/bridge')).toEqual(['bridge-nf-call-iptables'])
  table.unregister(Object.keys(brought))
  expect(state.value.equals(before)).toBe(true)
  expect(table.names('net/bridge')).toBeUndefined()
})

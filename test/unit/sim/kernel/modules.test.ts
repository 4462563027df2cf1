import { beforeEach, describe, expect, it } from 'vitest'
import { userCredentials } from '../../../../sim/kernel/credentials.ts'
import type { ModuleTable } from '../../../../sim/kernel/modules.ts'
import type { Machine } from '../../../../sim/machine.ts'
import { boot } from '../../../simulated.ts'

const fresh = await boot('debian-12')
let machine: Machine
let modules: ModuleTable

beforeEach(() => {
  machine = fresh.fork()
  modules = machine.kernel.modules
})

const load = (...names: readonly string[]): void => {
  for (const name of names) modules.load(name, { credentials: machine.rootCredentials })
}
const unload = (name: string): void => modules.unload(name, machine.rootCredentials)

describe('init_module(2)', () => {
  it('is refused without CAP_SYS_MODULE', () => {
    expect(() => modules.load('dummy', { credentials: userCredentials(1000) })).toThrow(
      expect.objectContaining({ errno: 'EPERM' }),
    )
  })

  it('is EEXIST for a live module and ENOENT where a module that it needs is not live', () => {
    load('llc')
    expect(() => load('llc')).toThrow(expect.objectContaining({ errno: 'EEXIST' }))
    expect(() => load('bridge')).toThrow(expect.objectContaining({ errno: 'ENOENT' }))
  })

  it('brings the keys of /proc/sys that the recorder saw', () => {
    load('llc', 'stp', 'bridge', 'br_netfilter')
    expect(machine.kernel.sysctl.read('net/bridge/bridge-nf-call-iptables')).toBe('1\n')
  })

  it('of a module that the recorder never loaded is not simulated', () => {
    expect(() => load('sctp_diag')).toThrow()
  })

  it('makes an interface, unless its parameter says that there is none', () => {
    const key = 'net/ipv4/conf/dummy0/rp_filter'
    modules.load('dummy', { credentials: machine.rootCredentials, parameters: { numdummies: '0' } })
    expect(machine.kernel.sysctl.entry(key)).toBeUndefined()
    unload('dummy')
    load('dummy')
    expect(machine.kernel.sysctl.entry(key)).toBeDefined()
    unload('dummy')
    expect(machine.kernel.sysctl.entry(key)).toBeUndefined()
  })

  it('gives a new interface what `default` has by then', () => {
    machine.kernel.sysctl.write('net/ipv4/conf/default/log_martians', '1\n')
    load('dummy')
    expect(machine.kernel.sysctl.read('net/ipv4/conf/dummy0/log_martians')).toBe('1\n')
  })
})

describe('delete_module(2)', () => {
  it('is EAGAIN while a module uses it or something else holds it', () => {
    load('llc', 'stp')
    expect(() => unload('llc')).toThrow(expect.objectContaining({ errno: 'EAGAIN' }))
    unload('stp')
    modules.hold('llc', 1)
    expect(modules.refcount('llc')).toBe(1)
    expect(() => unload('llc')).toThrow(expect.objectContaining({ errno: 'EAGAIN' }))
    modules.hold('llc', -1)
    unload('llc')
    expect(modules.isLive('llc')).toBe(false)
  })

  it('gives back what the module held: a scheduler counts twice at ip_vs', () => {
    load('libcrc32c', 'nf_defrag_ipv4', 'nf_defrag_ipv6', 'nf_conntrack', 'ip_vs', 'ip_vs_rr')
    expect([modules.refcount('ip_vs'), modules.usedBy('ip_vs')]).toEqual([2, ['ip_vs_rr']])
    unload('ip_vs_rr')
    expect(modules.refcount('ip_vs')).toBe(0)
  })

  it('after init_module(2) leaves everything as it was', () => {
    const { sysctl, modules: before } = machine.state
    load('llc', 'stp', 'bridge', 'br_netfilter')
    for (const name of ['br_netfilter', 'bridge', 'stp', 'llc']) unload(name)
    expect(machine.state.modules.live).toEqual(before.live)
    expect(machine.state.sysctl.equals(sysctl)).toBe(true)
  })
})

import { describe, expect, it } from 'vitest'
import { DEFAULT_NODE_CONFIG } from '../../../../../src/config/node-config.ts'
import { agreement } from '../../../../../src/engine/checks/agreement.ts'
import type { Facts } from '../../../../../src/engine/facts/index.ts'
import { factsOf } from '../../../../cases/facts/fact-case.ts'

const DRIVER = "containerd's cgroup driver is systemd"

const driverCheck = (facts: Facts) =>
  agreement(facts, DEFAULT_NODE_CONFIG).find(check => check.name === DRIVER)

describe.each(['debian-11', 'applied', 'debian-13', 'debian-14'])('on the recorded host %s', scenario => {
  it('the cgroup driver that containerd was given is seen', () => {
    expect(driverCheck(factsOf(scenario))?.verdict).toBe('pass')
  })
})

describe('containerd 1.4, whose config dump leaves out the options of runc', () => {
  const facts = factsOf('debian-11')
  const { containerd } = facts
  const OTHER =
    '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]\n  SystemdCgroup = false\n'

  const withConfig = (text: string): Facts => ({
    ...facts,
    containerd: { ...containerd, config: { ...containerd.config, text } as typeof containerd.config },
  })

  it('prints an empty table indeed', () => {
    expect(containerd.dump?.stdout).not.toContain('SystemdCgroup')
  })

  it('has the driver cgroupfs where the file says so', () => {
    expect(driverCheck(withConfig(`version = 2\n${OTHER}`))?.verdict).toBe('fail')
  })

  it('has the driver cgroupfs where the file says nothing', () => {
    expect(driverCheck(withConfig('version = 2\n'))?.verdict).toBe('fail')
  })

  it('has the driver of the last import that has a table of the plugin: it replaces the whole table', () => {
    const state = { ...containerd.config, isThere: true, text: `version = 2\n${OTHER}` } as const
    const file = { path: '/etc/containerd/site.toml', state, importedBy: containerd.configPath, line: 2 }
    const imported = { ...facts, containerd: { ...containerd, imports: [file] } } as Facts
    expect(driverCheck(imported)?.verdict).toBe('fail')
  })
})

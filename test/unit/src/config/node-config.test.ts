import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DEFAULT_NODE_CONFIG, readNodeConfig } from '../../../../src/config/node-config.ts'

const FILE = 'seatrial.toml'

/** The configuration of a text that is right. */
function config(text: string) {
  const reading = readNodeConfig(text, FILE)
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems))
  return reading.config
}

/** `line:column message` of each problem. */
function problems(text: string): readonly string[] {
  const reading = readNodeConfig(text, FILE)
  return reading.ok ? [] : reading.problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

describe('a seatrial.toml that is right', () => {
  it('says nothing, and the defaults are those that Kubernetes documents', () => {
    expect(config('')).toEqual(DEFAULT_NODE_CONFIG)
    expect(DEFAULT_NODE_CONFIG.modules).toEqual(['overlay', 'br_netfilter'])
    expect(Object.values(DEFAULT_NODE_CONFIG.sysctls)).toEqual(['1', '1', '1'])
  })

  it('names a version with or without a v', () => {
    expect(config('kubernetesVersion = "v1.31.2"').kubernetesVersion).toBe('1.31.2')
    expect(config('kubernetesVersion = "1.31"').kubernetesVersion).toBe('1.31')
  })

  it('adds sysctls to the three, with the key in quotes or as nested tables', () => {
    const given = config('[sysctls]\n"vm.swappiness" = 10\nnet.ipv4.ip_forward = "2"\n').sysctls
    expect(given).toEqual({
      ...DEFAULT_NODE_CONFIG.sysctls,
      'vm.swappiness': '10',
      'net.ipv4.ip_forward': '2',
    })
  })

  it('changes one field of a table and leaves the others at their defaults', () => {
    expect(config('containerd.config = "reset"').containerd).toEqual({
      config: 'reset',
      configPath: '/etc/containerd/config.toml',
    })
  })

  it('can be the example of the documentation', () => {
    const page = readFileSync(`${import.meta.dirname}/../../../../docs/configuration.md`, 'utf8')
    const examples = [...page.matchAll(/```toml\n([\s\S]*?)```/g)].map(([, text]) => text ?? '')
    expect(examples.length).toBeGreaterThan(0)
    for (const example of examples) expect(problems(example)).toEqual([])
  })
})

describe('a seatrial.toml that is wrong', () => {
  it('does not parse: line and column of where it stops being TOML', () => {
    expect(problems('modules = ["overlay"]\ncgroupDriver = \n')).toEqual(['2:16 invalid value'])
  })

  it.each([
    ['cgroup_driver = "systemd"', '1:1 unknown key "cgroup_driver": did you mean "cgroupDriver"?'],
    ['\n  sandboximage = "a"', '2:3 unknown key "sandboximage": did you mean "sandboxImage"?'],
    ['[containerd]\nconfg = "edit"', '2:1 unknown key "containerd.confg": did you mean "config"?'],
    ['[kubelet]\nwhatever = 1', '2:1 unknown key "kubelet.whatever": known keys: configPath'],
    ['[kublet]\n', '1:1 unknown key "kublet": did you mean "kubelet"?'],
  ])('an unknown key is told with the one that was meant: %j', (text, expected) => {
    expect(problems(text)).toEqual([expected])
  })

  it.each([
    ['kubernetesVersion = 1.31', '1:21 "kubernetesVersion" must be a string like "1.31", not 1.31'],
    ['modules = "overlay"', '1:11 "modules" must be an array of module names, not "overlay"'],
    ['modules = [\n  "a",\n  3,\n]', '3:3 "modules.1" must be a module name, not 3'],
    ['modulesLoad = "never"', '1:15 "modulesLoad" must be one of "auto", "always", not "never"'],
    [
      '[sysctls]\nvm.swappiness = true',
      '2:17 "sysctls.vm.swappiness" must be an integer or a string, not true',
    ],
    [
      'kubelet = { configPath = "config.yaml" }',
      '1:26 "kubelet.configPath" must be an absolute path, not "config.yaml"',
    ],
    ['containerd = "edit"', '1:14 "containerd" must be a table, not "edit"'],
    ['sandboxImage = "a b"', '1:16 "sandboxImage" must be an image reference, not "a b"'],
  ])('a value of the wrong kind is told with what it must be: %j', (text, expected) => {
    expect(problems(text)).toEqual([expected])
  })

  it('tells everything that is wrong, from the top', () => {
    expect(problems('modulesLoad = 1\nfoo = 1\ncgroupDriver = 2').map(text => text.split(':')[0])).toEqual([
      '1',
      '2',
      '3',
    ])
  })
})

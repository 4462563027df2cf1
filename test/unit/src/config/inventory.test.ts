import { describe, expect, it } from 'vitest'
import { readInventory } from '../../../../src/config/inventory.ts'

const FLEET = `config = "node.toml"

[[host]]
name = "ssh:root@n1"
config = "special.toml"

[[group]]
name = "gpu"
config = "gpu.toml"
hosts = ["ssh:g1", "ssh:g2"]

[[host]]
name = "local:"
`

const problems = (text: string): readonly string[] => {
  const reading = readInventory(text, 'hosts.toml')
  return reading.ok
    ? []
    : reading.problems.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`)
}

describe('an inventory', () => {
  it('has its hosts in the order of the text, each with its configuration and its place', () => {
    const reading = readInventory(FLEET, 'hosts.toml')
    expect(reading).toEqual({
      ok: true,
      inventory: {
        config: 'node.toml',
        hosts: [
          { name: 'ssh:root@n1', config: 'special.toml', place: { line: 4, column: 8 } },
          { name: 'ssh:g1', group: 'gpu', config: 'gpu.toml', place: { line: 10, column: 10 } },
          { name: 'ssh:g2', group: 'gpu', config: 'gpu.toml', place: { line: 10, column: 20 } },
          { name: 'local:', place: { line: 13, column: 8 } },
        ],
      },
    })
  })

  it('may name an ssh_config, whose place is kept', () => {
    expect(readInventory('ssh_config = "ssh/config"', 'f')).toEqual({
      ok: true,
      inventory: { hosts: [], sshConfig: { path: 'ssh/config', place: { line: 1, column: 14 } } },
    })
  })

  it('may be empty, or written with inline tables', () => {
    expect(readInventory('', 'f')).toEqual({ ok: true, inventory: { hosts: [] } })
    const inline = readInventory('host = [{ name = "a:1" }, { name = "b:1" }]', 'f')
    expect(inline).toMatchObject({
      inventory: { hosts: [{ place: { line: 1, column: 18 } }, { place: { line: 1, column: 36 } }] },
    })
  })

  it.each([
    ['host = ', 'hosts.toml:1:8: invalid value'],
    ['[[host]]\nnmae = "x"', 'hosts.toml:1:1: "host.name" is missing'],
    [
      '[[host]]\nname = "a"\n[[host]]\nname = "b"\ncnofig = 1',
      'hosts.toml:5:1: unknown key "host.cnofig": did you mean "config"?',
    ],
    [
      '[[group]]\nname = "g"\nhosts = [\n "a",\n 7]',
      'hosts.toml:5:2: "group.0.hosts.1" must be the name of a host like "ssh:root@n1", not 7',
    ],
    ['hosts = ["a"]', 'hosts.toml:1:1: unknown key "hosts": did you mean "host"?'],
    [
      '[[host]]\nname = "a"\n[[group]]\nname = "g"\nhosts = ["b", "a"]',
      'hosts.toml:5:15: the host "a" is already there, in line 2',
    ],
    [
      '[[group]]\nname = "g"\nhosts = []\n[[group]]\nname = "g"\nhosts = []',
      'hosts.toml:5:8: the group "g" is already there, in line 2',
    ],
    [
      '[[group]]\nname = "g h"\nhosts = []',
      'hosts.toml:2:8: "group.0.name" must be a word of letters, digits, ".", "-" and "_", not "g h"',
    ],
  ])('that is wrong is told with file, line and column: %j', (text, expected) => {
    expect(problems(text)).toContain(expected)
  })
})

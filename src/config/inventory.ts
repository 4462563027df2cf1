import * as v from 'valibot'
import { type ConfigProblem, type ConfigProblems, inOrder, placeAt, readToml } from './toml-reading.ts'
import type { TomlPosition } from './toml-source.ts'

/** Which hosts there are and how each is to be configured: a `hosts.toml`. */
export interface Inventory {
  /** The node configuration of hosts for which nothing else is named: a path as it is written, relative to the file. */
  readonly config?: string
  /** An ssh_config(5) for its `ssh:` hosts: a path as it is written, relative to the file. */
  readonly sshConfig?: { readonly path: string; readonly place: TomlPosition }
  /** In the order of the text; no name twice. */
  readonly hosts: readonly InventoryHost[]
}

export interface InventoryHost {
  /** `ssh:root@n1`: what the command takes as a host. */
  readonly name: string
  /** The group that lists it. */
  readonly group?: string
  /** Of the host itself, else of its group. */
  readonly config?: string
  /** Where its name stands. */
  readonly place: TomlPosition
}

export type InventoryReading =
  | { readonly ok: true; readonly inventory: Inventory }
  | { readonly ok: false; readonly problems: ConfigProblems }

const word = (what: string) => v.pipe(v.string(what), v.regex(/^\S+$/, what))
const HOST = 'the name of a host like "ssh:root@n1"'
const path = v.pipe(v.string('a path'), v.nonEmpty('a path'))

const schema = v.strictObject({
  config: v.exactOptional(path),
  ssh_config: v.exactOptional(path),
  host: v.exactOptional(
    v.array(
      v.strictObject({ name: word(HOST), config: v.exactOptional(path) }, 'a table'),
      'an array of tables, [[host]]',
    ),
  ),
  group: v.exactOptional(
    v.array(
      v.strictObject(
        {
          name: v.pipe(
            v.string('a word'),
            v.regex(/^[\w.-]+$/, 'a word of letters, digits, ".", "-" and "_"'),
          ),
          config: v.exactOptional(path),
          hosts: v.array(word(HOST), 'an array of names of hosts'),
        },
        'a table',
      ),
      'an array of tables, [[group]]',
    ),
  ),
})

/** Reads the text of a `hosts.toml`; `file` is what problems call it. */
export function readInventory(text: string, file: string): InventoryReading {
  const reading = readToml(text, file, { schema })
  if (!reading.ok) return reading
  const { config, ssh_config, host = [], group = [] } = reading.value
  const hosts = [
    ...host.map((one, index) => ({ ...one, place: placeAt(text, ['host', `${index}`, 'name']) })),
    ...group.flatMap((one, index) => membersOf(one, index, text)),
  ].sort((a, b) => byPlace(a.place, b.place))
  const groups = group.map(({ name }, index) => ({
    name,
    place: placeAt(text, ['group', `${index}`, 'name']),
  }))
  const problems = [...repeated(hosts, 'host', file), ...repeated(groups, 'group', file)]
  if (problems.length > 0) return { ok: false, problems: inOrder(problems) }
  const sshConfig = ssh_config && { path: ssh_config, place: placeAt(text, ['ssh_config']) }
  return {
    ok: true,
    inventory: { ...(config !== undefined && { config }), ...(sshConfig && { sshConfig }), hosts },
  }
}

type Group = NonNullable<v.InferOutput<typeof schema>['group']>[number]

const membersOf = ({ name, config, hosts }: Group, index: number, text: string): InventoryHost[] =>
  hosts.map((host, member) => ({
    name: host,
    group: name,
    ...(config !== undefined && { config }),
    place: placeAt(text, ['group', `${index}`, 'hosts', `${member}`]),
  }))

const byPlace = (a: TomlPosition, b: TomlPosition): number => a.line - b.line || a.column - b.column

interface Named {
  readonly name: string
  readonly place: TomlPosition
}

/** A host that is listed twice would be worked on twice at a time, perhaps with two configurations. */
function repeated(all: readonly Named[], kind: string, file: string): readonly ConfigProblem[] {
  const firsts = new Map<string, TomlPosition>()
  return all.flatMap(({ name, place }) => {
    const first = firsts.get(name)
    if (first === undefined) {
      firsts.set(name, place)
      return []
    }
    return [{ file, ...place, message: `the ${kind} "${name}" is already there, in line ${first.line}` }]
  })
}

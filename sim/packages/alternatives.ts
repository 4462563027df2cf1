import { KernelError } from '../../src/host/errno.ts'
import type { Process } from '../process.ts'

const DIRECTORY = '/var/lib/dpkg/alternatives'
const LINKS = '/etc/alternatives'

/** A link that follows the master: `iptables-save`. */
export interface Slave {
  readonly name: string
  readonly link: string
}

/** One of the things that a link may stand for. */
export interface Choice {
  readonly path: string
  readonly priority: number
  /** Targets of the slaves by their names; '' where it has none. */
  readonly slaves: ReadonlyMap<string, string>
}

/** A group of alternatives: the file of its name in dpkg's alternatives directory. */
export interface Group {
  readonly name: string
  readonly mode: 'auto' | 'manual'
  readonly link: string
  readonly slaves: readonly Slave[]
  readonly choices: readonly Choice[]
}

/** Reads a group; undefined where there is none of that name. */
export function readGroup(process: Process, name: string): Group | undefined {
  const path = `${DIRECTORY}/${name}`
  if (!process.exists(path)) return undefined
  const lines = process.readText(path).split('\n')
  const mode = lines.shift() === 'manual' ? 'manual' : 'auto'
  const link = lines.shift() ?? ''
  const slaves: Slave[] = []
  for (let word = lines.shift(); word; word = lines.shift())
    slaves.push({ name: word, link: lines.shift() ?? '' })
  const choices: Choice[] = []
  for (let word = lines.shift(); word; word = lines.shift()) {
    const priority = Number(lines.shift())
    choices.push({
      path: word,
      priority,
      slaves: new Map(slaves.map(slave => [slave.name, lines.shift() ?? ''])),
    })
  }
  return { name, mode, link, slaves, choices }
}

/** Writes a group as update-alternatives does: slaves by name, choices by path; one without choices goes. */
export function writeGroup(process: Process, group: Group): void {
  const path = `${DIRECTORY}/${group.name}`
  if (group.choices.length === 0) {
    if (process.exists(path)) process.unlink(path)
    return
  }
  const slaves = sorted(group.slaves, ({ name }) => name)
  const lines = [group.mode, group.link, ...slaves.flatMap(({ name, link }) => [name, link]), '']
  for (const choice of sorted(group.choices, ({ path: target }) => target))
    lines.push(
      choice.path,
      String(choice.priority),
      ...slaves.map(({ name }) => choice.slaves.get(name) ?? ''),
    )
  process.writeFile(path, `${lines.join('\n')}\n\n`, { mode: 0o644 })
}

const sorted = <T>(items: readonly T[], key: (item: T) => string): T[] =>
  [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1))

/** The choice of the highest priority. */
export const bestOf = (group: Group): Choice | undefined =>
  group.choices.reduce<Choice | undefined>(
    (best, choice) => (best === undefined || choice.priority > best.priority ? choice : best),
    undefined,
  )

/** What the link of a group stands for now. */
export function currentOf(process: Process, name: string): string | undefined {
  try {
    return process.readlink(`${LINKS}/${name}`)
  } catch (error) {
    if (error instanceof KernelError) return undefined
    throw error
  }
}

/** Points the links of a group at a choice; slaves that it has none for go. */
export function point(process: Process, group: Group, choice: Choice): void {
  setLink(process, `${LINKS}/${group.name}`, choice.path)
  setLink(process, group.link, `${LINKS}/${group.name}`)
  for (const slave of group.slaves) {
    const target = choice.slaves.get(slave.name) ?? ''
    if (target !== '' && process.exists(target)) {
      setLink(process, `${LINKS}/${slave.name}`, target)
      setLink(process, slave.link, `${LINKS}/${slave.name}`)
    } else for (const path of [slave.link, `${LINKS}/${slave.name}`]) dropLink(process, path)
  }
}

/** Takes away all links of a group. */
export function unlinkAll(process: Process, group: Group): void {
  for (const { name, link } of [group, ...group.slaves])
    for (const path of [link, `${LINKS}/${name}`]) dropLink(process, path)
}

function setLink(process: Process, path: string, target: string): void {
  const fresh = `${path}.dpkg-tmp`
  dropLink(process, fresh)
  process.symlink(target, fresh)
  process.rename(fresh, path)
}

function dropLink(process: Process, path: string): void {
  try {
    if (process.lstat(path).type === 'symlink') process.unlink(path)
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
  }
}

import { Map as PersistentMap } from 'immutable'
import type { SysctlRecord } from '../../src/format/image.ts'
import { ERRNO, type ErrnoName, KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { Cell } from '../clock.ts'
import { ruleFor } from './sysctl-rules.ts'

/** One file below /proc/sys. */
export interface SysctlEntry {
  readonly mode: number
  /** What reading gives, without the line end. */
  readonly value: string
  /** Reading is refused with this. */
  readonly errno?: ErrnoName
  /** As the image recorded them: see `SysctlRecord`. */
  readonly accepts?: string
  readonly sets?: string
}

/** Entries by path below /proc/sys: `net/ipv4/ip_forward`. */
export type SysctlState = PersistentMap<string, SysctlEntry>

/** The tree of /proc/sys: values, their types, and what writing one does to others. */
export class SysctlTable {
  readonly #cell: Cell<SysctlState>

  constructor(cell: Cell<SysctlState>) {
    this.#cell = cell
  }

  entry(path: string): SysctlEntry | undefined {
    return this.#cell.value.get(path)
  }

  /** Names directly below a directory of the tree (`''` is /proc/sys itself); undefined where there is none. */
  names(directory: string): readonly string[] | undefined {
    const names = directoryIndex(this.#cell.value).get(directory)
    return names && [...names]
  }

  isDirectory(path: string): boolean {
    return directoryIndex(this.#cell.value).has(path)
  }

  /** The text that read(2) gives. */
  read(path: string): string {
    const entry = this.#existing(path)
    if (entry.errno !== undefined) throw new KernelError(entry.errno)
    return `${entry.value}\n`
  }

  /** One write(2): parsed as the entry's type has it, then written through to others. */
  write(path: string, text: string): void {
    const entry = this.#existing(path)
    const rule = ruleFor(path, entry.accepts)
    if (rule === undefined) throw new Unsimulated('write(2)', `the type of /proc/sys/${path}: writing it`)
    const value = rule.parse(text, entry.value, other => this.entry(other)?.value)
    this.#set(path, value)
    for (const [other, written] of rule.writesThrough?.(path, value, [...this.#cell.value.keys()]) ?? [])
      this.#set(other, written)
    if (value !== entry.value) this.#setOthers(entry, value)
  }

  /** What was seen to change with it: to the same value, or to 0. */
  #setOthers({ sets = '' }: SysctlEntry, value: string): void {
    for (const name of sets.split(',')) {
      if (name.endsWith('=0')) this.#set(name.slice(0, -'=0'.length), '0')
      else this.#set(name, value)
    }
  }

  /** A module brought these. */
  register(entries: Readonly<Record<string, SysctlRecord>>): void {
    const before = this.#cell.value
    const after = before.withMutations(state => {
      for (const [path, record] of Object.entries(entries)) state.set(path, entryOf(record))
    })
    directories.set(after, withPaths(directoryIndex(before), Object.keys(entries)))
    this.#cell.value = after
  }

  /** A module that brought these is gone. */
  unregister(paths: readonly string[]): void {
    this.#cell.value = this.#cell.value.deleteAll(paths)
  }

  #existing(path: string): SysctlEntry {
    const entry = this.entry(path)
    if (entry === undefined) throw new KernelError('ENOENT')
    return entry
  }

  #set(path: string, value: string): void {
    const before = this.#cell.value
    const entry = before.get(path)
    if (entry === undefined || entry.value === value) return
    const after = before.set(path, { ...entry, value })
    // The names are the same.
    const index = directories.get(before)
    if (index !== undefined) directories.set(after, index)
    this.#cell.value = after
  }
}

type DirectoryIndex = Map<string, Set<string>>

/** Children by directory, derived from a state and kept as long as it. */
const directories = new WeakMap<SysctlState, DirectoryIndex>()

function directoryIndex(state: SysctlState): DirectoryIndex {
  const known = directories.get(state)
  if (known !== undefined) return known
  const index = withPaths(new Map([['', new Set()]]), state.keys())
  directories.set(state, index)
  return index
}

/** An index with more paths in it; directories that gain nothing are shared. */
function withPaths(index: DirectoryIndex, paths: Iterable<string>): DirectoryIndex {
  const all = new Map(index)
  const own = new Set<string>()
  for (const path of paths) {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      const start = path.lastIndexOf('/', end - 1)
      const directory = start < 0 ? '' : path.slice(0, start)
      const name = path.slice(start + 1, end)
      if (all.get(directory)?.has(name)) break
      if (!own.has(directory)) all.set(directory, new Set(all.get(directory)))
      own.add(directory)
      all.get(directory)?.add(name)
    }
  }
  return all
}

function entryOf(record: SysctlRecord): SysctlEntry {
  const mode = Number.parseInt(record.mode, 8)
  const { errno, accepts, sets, value = '' } = record
  return {
    mode,
    value,
    ...(errno !== undefined && isErrno(errno) ? { errno } : {}),
    ...(accepts === undefined ? {} : { accepts }),
    ...(sets === undefined ? {} : { sets }),
  }
}

const isErrno = (name: string): name is ErrnoName => Object.hasOwn(ERRNO, name)

/** The tree as the recorder found it. */
export const sysctlAtBoot = (entries: Readonly<Record<string, SysctlRecord>>): SysctlState =>
  PersistentMap(Object.entries(entries).map(([path, record]) => [path, entryOf(record)]))

import type { Map as PersistentMap } from 'immutable'
import type { Cell } from '../clock.ts'

/** What /proc/PID tells of a process. */
export interface ProcessRecord {
  readonly pid: number
  readonly ppid: number
  /** The base name of what was executed, 15 bytes at most. */
  readonly comm: string
  readonly argv: readonly string[]
  /** The executable: what /proc/PID/exe points to. */
  readonly exe: string
  readonly uid: number
  readonly startNs: number
  /** Path in the cgroup hierarchy. */
  readonly cgroup: string
  /** A daemon that waits for signals: what it exits with on SIGTERM. */
  readonly exitCodeOnTerm?: number
}

export interface ProcessesState {
  readonly nextPid: number
  readonly records: PersistentMap<number, ProcessRecord>
}

/** Asked for far more often than it changes. */
const sorted = new WeakMap<ProcessesState['records'], ReadonlyMap<number, ProcessRecord>>()

/** The process table: who is there. What a program does next is the scheduler's business. */
export class ProcessTable {
  readonly #cell: Cell<ProcessesState>

  constructor(cell: Cell<ProcessesState>) {
    this.#cell = cell
  }

  /** In the order of their PIDs. */
  get all(): ReadonlyMap<number, ProcessRecord> {
    const { records } = this.#cell.value
    const known = sorted.get(records)
    if (known !== undefined) return known
    const all = new Map([...records].sort(([a], [b]) => a - b))
    sorted.set(records, all)
    return all
  }

  get(pid: number): ProcessRecord | undefined {
    return this.#cell.value.records.get(pid)
  }

  nextPid(): number {
    const { nextPid } = this.#cell.value
    this.#cell.value = { ...this.#cell.value, nextPid: nextPid + 1 }
    return nextPid
  }

  add(record: ProcessRecord): void {
    this.#cell.value = { ...this.#cell.value, records: this.#cell.value.records.set(record.pid, record) }
  }

  /** Another cgroup, another program after execve(2). */
  change(pid: number, change: Partial<ProcessRecord>): void {
    const record = this.get(pid)
    if (record !== undefined) this.add({ ...record, ...change })
  }

  remove(pid: number): void {
    this.#cell.value = { ...this.#cell.value, records: this.#cell.value.records.delete(pid) }
  }
}

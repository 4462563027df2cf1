import type { SimStat } from '../../fs/vfs.ts'
import type { Process } from '../../process.ts'
import type { Blocking } from '../../scheduler.ts'

/** What find looks at: one path below one of its starting points. */
export interface Entry {
  /** As it is printed. */
  readonly path: string
  /** The starting point that it was found below. */
  readonly start: string
  readonly depth: number
  readonly stat: SimStat
}

/** What the tests and actions of one run share. */
export interface Run {
  readonly process: Process
  readonly nowSeconds: number
  status: number
  /** -prune: nothing below the entry that is looked at. */
  isPruning: boolean
  /** -quit. */
  isQuitting: boolean
  /** What -exec … + still has to run. */
  readonly pending: (() => Blocking<void>)[]
}

/** A test or an action: whether it holds for an entry. */
export type Test = (entry: Entry, run: Run) => boolean | Blocking<boolean>

/** The last component, without slashes behind it. */
export const nameOf = (path: string): string => {
  const trimmed = path.replace(/\/+$/, '')
  return trimmed === '' ? path.slice(0, 1) : trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

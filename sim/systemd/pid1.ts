import type { UnitRecord } from '../../src/format/image.ts'
import type { Cell } from '../clock.ts'
import type { SystemdRelease } from '../formats/systemd-release.ts'
import type { Process, System } from '../process.ts'
import type { EventLoop } from './event-loop.ts'
import type { JobEngine } from './jobs.ts'
import type { Journal } from './journal.ts'
import type { ServiceProcesses } from './service-processes.ts'
import type { SystemdState, UnitConfig } from './state.ts'
import type { UnitStates } from './unit-states.ts'
import type { Units } from './units.ts'

/** What a machine gives its PID 1. */
export interface ManagerParts {
  readonly system: System
  readonly cell: Cell<SystemdState>
  readonly journal: Journal
  /** What the recorder saw of every unit, settled. */
  readonly recorded: readonly UnitRecord[]
  readonly release: SystemdRelease
  /** What systemd-detect-virt(1) said on the recorded host. */
  readonly virtualization: string
  /** Whether a file is as the image had it. */
  isOfImage(path: string): boolean
  /** The same for all that lies below it. */
  isTreeOfImage(path: string): boolean
}

/** What the parts of PID 1 have in common. */
export interface Pid1 {
  readonly parts: ManagerParts
  readonly units: Units
  readonly jobs: JobEngine
  readonly events: EventLoop
  readonly processes: ServiceProcesses
  readonly states: UnitStates
  /** PID 1 as a process. */
  readonly init: Process
  /** The units that the request is about. */
  readonly asked: ReadonlySet<string>
  recordOf(id: string): UnitRecord | undefined
  /** Whether a unit's files are the image's. */
  isOfImage(config: UnitConfig): boolean
  /** How messages name a unit. */
  title(id: string): string
  say(unit: string, message: string, priority?: number): void
}

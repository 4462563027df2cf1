import type { Image } from '../src/format/image.ts'
import type { Bus } from './bus.ts'
import type { Cell } from './clock.ts'
import type { System } from './process.ts'

/** What the daemons of a machine are made from. */
export interface DaemonContext {
  readonly system: System
  readonly image: Image
  /** A daemon's own piece of the machine's state. */
  daemonCell<T>(name: string, initial: T): Cell<T>
}

/** The handles by which programs reach the daemons. */
export function startDaemons(_context: DaemonContext): Bus {
  return { systemd: undefined }
}

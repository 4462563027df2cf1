import type { KernelRecord } from '../../src/format/image.ts'
import type { Cell } from '../clock.ts'
import type { Link } from './links.ts'
import type { KernelLog } from './log.ts'
import type { ModuleTable } from './modules.ts'
import type { MountTable } from './mounts.ts'
import type { ProcessTable } from './processes.ts'
import type { SwapTable } from './swaps.ts'
import type { SysctlTable } from './sysctl.ts'

/** uname(2), what of it can change. */
export interface UtsState {
  readonly nodename: string
  readonly domainname: string
}

/** The kernel of one machine: tables and their rules; it knows no files. */
export interface Kernel {
  /** What the image recorded of it and what never changes while it runs. */
  readonly record: KernelRecord
  readonly uts: Cell<UtsState>
  readonly modules: ModuleTable
  /** By module, all that it needs, the needed ones last: what depmod(8) made of the module directory. */
  readonly moduleIndex: ReadonlyMap<string, readonly string[]>
  readonly sysctl: SysctlTable
  readonly mounts: MountTable
  readonly processes: ProcessTable
  readonly swaps: SwapTable
  readonly log: KernelLog
  /** Network interfaces, which nothing changes here. */
  readonly links: readonly Link[]
}

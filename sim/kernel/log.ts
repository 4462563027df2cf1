import type { Cell, Clock } from '../clock.ts'

/** Levels of syslog(2), by their names in dmesg(1). */
export const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'] as const

export type Level = (typeof LEVELS)[number]

/** One message of the kernel. */
export interface LogMessage {
  readonly monotonicNs: number
  readonly level: Level
  readonly text: string
}

/** The kernel's ring buffer: what this kernel logs itself, which of its boot is only who it is and how it was booted. */
export class KernelLog {
  readonly #cell: Cell<readonly LogMessage[]>
  readonly #clock: Clock

  constructor(cell: Cell<readonly LogMessage[]>, clock: Clock) {
    this.#cell = cell
    this.#clock = clock
  }

  get all(): readonly LogMessage[] {
    return this.#cell.value
  }

  add(level: Level, text: string): void {
    this.#cell.value = [...this.all, { monotonicNs: this.#clock.monotonicNs, level, text }]
  }

  /** dmesg --clear shows nothing from before; here it is gone. */
  clear(): void {
    this.#cell.value = []
  }
}

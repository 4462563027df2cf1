import { KernelError } from '../../src/host/errno.ts'
import { decodeText } from '../../src/host/surrogate-escape.ts'
import type { Cell, Clock } from '../clock.ts'
import { OpenFile } from '../fs/open-file.ts'

/** One line of the journal. */
export interface JournalEntry {
  readonly seconds: number
  readonly hostname: string
  /** SYSLOG_IDENTIFIER: what stands before the pid. */
  readonly identifier: string
  readonly pid: number
  readonly unit: string
  readonly message: string
  /** syslog(3): 0 emergency … 7 debug. */
  readonly priority: number
}

export type JournalState = readonly JournalEntry[]

/** systemd-journald, as far as a reader sees it: lines in order. */
export class Journal {
  readonly #cell: Cell<JournalState>
  readonly #clock: Clock
  readonly #hostname: () => string

  constructor(cell: Cell<JournalState>, clock: Clock, hostname: () => string) {
    this.#cell = cell
    this.#clock = clock
    this.#hostname = hostname
  }

  get entries(): JournalState {
    return this.#cell.value
  }

  append(
    entry: Omit<JournalEntry, 'seconds' | 'hostname' | 'priority'> & { readonly priority?: number },
  ): void {
    const stamped = {
      priority: 6,
      ...entry,
      seconds: this.#clock.realtimeSeconds,
      hostname: this.#hostname(),
    }
    this.#cell.value = [...this.#cell.value, stamped]
  }

  /** What PID 1 says about a unit. */
  say(unit: string, message: string, priority = 6): void {
    this.append({ identifier: 'systemd', pid: 1, unit, message, priority })
  }

  /** The standard output of a unit's process: a line is an entry. */
  stream(options: { unit: string; identifier: string; pid: () => number }): OpenFile {
    return new JournalStream(message => this.append({ ...options, pid: options.pid(), message }))
  }
}

class JournalStream extends OpenFile {
  readonly #append: (line: string) => void
  #rest = ''

  constructor(append: (line: string) => void) {
    super()
    this.#append = append
  }

  read(): Uint8Array {
    throw new KernelError('EBADF')
  }

  write(bytes: Uint8Array): number {
    const lines = (this.#rest + decodeText(bytes)).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#append(line)
    return bytes.length
  }

  seek(): void {
    throw new KernelError('ESPIPE')
  }

  protected override onClose(): void {
    if (this.#rest !== '') this.#append(this.#rest)
    this.#rest = ''
  }
}

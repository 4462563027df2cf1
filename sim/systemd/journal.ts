import { KernelError } from '../../src/host/errno.ts'
import { decodeText } from '../../src/host/surrogate-escape.ts'
import type { JournalLine, JournalReader } from '../bus.ts'
import type { Cell, Clock } from '../clock.ts'
import { OpenFile } from '../fs/open-file.ts'

export type JournalState = readonly JournalLine[]

/** What a line costs: no two of them have the same time, as `status` needs it to tell old ones from new. */
const LINE_NS = 1_000

interface StreamOptions {
  readonly unit: string
  readonly identifier: string
  readonly pid: () => number
  /** `StandardOutput=null`. */
  readonly isDiscarded?: boolean
}

/** systemd-journald, as far as a reader sees it: lines in order. */
export class Journal implements JournalReader {
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
    entry: Omit<JournalLine, 'seconds' | 'monotonicNs' | 'hostname' | 'priority'> & {
      readonly priority?: number
    },
  ): void {
    this.#clock.advance(LINE_NS)
    const { realtimeSeconds: seconds, monotonicNs } = this.#clock
    const stamped = { priority: 6, ...entry, seconds, monotonicNs, hostname: this.#hostname() }
    this.#cell.value = [...this.#cell.value, stamped]
  }

  /** What PID 1 says about a unit. */
  say(unit: string, message: string, priority = 6): void {
    this.append({ identifier: 'systemd', pid: 1, unit, message, priority })
  }

  /** The standard output of a unit's process: a line is an entry. */
  stream({ pid, isDiscarded, ...options }: StreamOptions): OpenFile {
    return new JournalStream(message => {
      if (isDiscarded !== true) this.append({ ...options, pid: pid(), message })
    })
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

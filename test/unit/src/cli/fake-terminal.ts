import { setMaxListeners } from 'node:events'
import { Readable } from 'node:stream'
import pc from 'picocolors'
import { type Clock, systemClock } from '../../../../src/cli/clock.ts'
import { type LineInput, PipedLines } from '../../../../src/cli/line-input.ts'
import { main } from '../../../../src/cli/main.ts'
import type { Screen, Terminal } from '../../../../src/cli/terminal.ts'
import { concatBytes, decodeText, encodeText } from '../../../../src/host/surrogate-escape.ts'

export interface FakeTerminalOptions {
  readonly isInteractive?: boolean
  readonly isColored?: boolean
  readonly screen?: FakeScreen
  readonly stdin?: Uint8Array
  readonly lines?: LineInput
}

/** A screen whose size a test decides. */
export class FakeScreen implements Screen {
  columns: number
  rows: number
  readonly #listeners = new Set<() => void>()

  constructor(columns: number, rows: number) {
    this.columns = columns
    this.rows = rows
  }

  onResize(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  resize(columns: number, rows: number): void {
    this.columns = columns
    this.rows = rows
    for (const listener of this.#listeners) listener()
  }
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now = Date.UTC(2026, 0, 2, 3, 4, 5, 678)
  readonly #ticks = new Set<() => void>()

  now(): number {
    return this.#now
  }

  every(_intervalMs: number, tick: () => void): () => void {
    this.#ticks.add(tick)
    return () => this.#ticks.delete(tick)
  }

  advance(durationMs: number): void {
    this.#now += durationMs
    for (const tick of this.#ticks) tick()
  }
}

/** A terminal that keeps what it is told. */
export class FakeTerminal implements Terminal {
  readonly isInteractive: boolean
  readonly screen?: FakeScreen
  readonly style: Terminal['style']
  readonly #stdin: Uint8Array
  readonly #lines: LineInput | undefined
  readonly #interruption = new AbortController()
  readonly #printed: Uint8Array[] = []
  readonly #complained: Uint8Array[] = []

  /** Is told each text for standard output, after it was kept. */
  onPrint: (text: string) => void = () => {}

  constructor(options: FakeTerminalOptions = {}) {
    setMaxListeners(0, this.#interruption.signal)
    this.isInteractive = options.isInteractive ?? options.screen !== undefined
    this.style = pc.createColors(this.isInteractive && options.isColored !== false)
    if (options.screen !== undefined) this.screen = options.screen
    this.#stdin = options.stdin ?? new Uint8Array()
    this.#lines = options.lines
  }

  print(text: string | Uint8Array): void {
    const bytes = typeof text === 'string' ? encodeText(text) : text
    this.#printed.push(bytes)
    this.onPrint(decodeText(bytes))
  }

  complain(text: string | Uint8Array): void {
    this.#complained.push(typeof text === 'string' ? encodeText(text) : text)
  }

  async readStdin(): Promise<Uint8Array> {
    return this.#stdin
  }

  openLines(): LineInput {
    return this.#lines ?? new PipedLines(Readable.from(this.#stdin.length === 0 ? [] : [this.#stdin]))
  }

  get signal(): AbortSignal {
    return this.#interruption.signal
  }

  /** Ctrl-C. */
  interrupt(): void {
    this.#interruption.abort()
  }

  get stdoutBytes(): Uint8Array {
    return concatBytes(this.#printed)
  }

  get stdout(): string {
    return decodeText(this.stdoutBytes)
  }

  get stderr(): string {
    return decodeText(concatBytes(this.#complained))
  }
}

/** What a command line comes to. */
export interface Outcome {
  readonly exitStatus: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command in this process. */
export async function seatrial(
  argv: readonly string[],
  terminal: FakeTerminal = new FakeTerminal(),
  clock: Clock = systemClock,
): Promise<Outcome> {
  const exitStatus = await main(argv, terminal, clock)
  return { exitStatus, stdout: terminal.stdout, stderr: terminal.stderr }
}

import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { decodeText } from '../host/surrogate-escape.ts'

/** What came of asking for a line. */
export type NextLine =
  | {
      readonly kind: 'line'
      /** With its newline; the last line of a file may have none. */
      readonly text: string
    }
  | { readonly kind: 'end' }
  /** Ctrl-C, or the signal that gives the asking up. */
  | { readonly kind: 'interrupted' }

export interface AskOptions {
  /** Ctrl-D there means no end of it all: the next line can be asked for. */
  readonly isForProgram?: boolean
  readonly signal?: AbortSignal
}

/** Lines one after the other, as they are typed or as they come through a pipe. */
export interface LineInput {
  /** A person types: prompts are shown. */
  readonly isTyped: boolean
  next(prompt: string, options?: AskOptions): Promise<NextLine>
  /** Is called for Ctrl-C while no line is asked for. */
  onInterrupt: () => void
  /** What the last word of a line can be completed to. */
  complete: (line: string) => readonly string[]
  close(): void
}

const HISTORY_LINES = 1000

/** A person at a terminal: lines with editing, history and completion. */
export class TypedLines implements LineInput {
  readonly isTyped = true
  onInterrupt: () => void = () => {}
  complete: (line: string) => readonly string[] = () => []
  readonly #input: Readable
  readonly #output: Writable
  #interface: Interface | undefined
  #history: string[] = []
  #isForProgram = false
  /** Typed before they were asked for. */
  readonly #early: NextLine[] = []
  #waiting: ((line: NextLine) => void) | undefined

  constructor(input: Readable, output: Writable) {
    this.#input = input
    this.#output = output
    this.#open()
  }

  async next(prompt: string, { isForProgram = false, signal }: AskOptions = {}): Promise<NextLine> {
    const early = this.#early.shift()
    if (early !== undefined) {
      if (early.kind === 'line') this.#output.write(`${prompt}${early.text}`)
      return early
    }
    this.#isForProgram = isForProgram
    const typed = this.#interface ?? this.#open()
    typed.setPrompt(prompt)
    typed.prompt()
    const giveUp = (): void => this.#take({ kind: 'interrupted' })
    signal?.addEventListener('abort', giveUp, { once: true })
    try {
      return await new Promise(resolve => {
        this.#waiting = resolve
      })
    } finally {
      signal?.removeEventListener('abort', giveUp)
    }
  }

  close(): void {
    this.#interface?.close()
  }

  #open(): Interface {
    const typed = createInterface({
      input: this.#input,
      output: this.#output,
      terminal: true,
      history: this.#history,
      historySize: HISTORY_LINES,
      removeHistoryDuplicates: true,
      completer: (line: string) => this.#completions(line),
    })
    typed.on('line', text => this.#take({ kind: 'line', text: `${text}\n` }))
    typed.on('history', history => {
      if (this.#isForProgram) history.shift()
      this.#history = history
    })
    typed.on('close', () => {
      this.#interface = undefined
      this.#take({ kind: 'end' })
    })
    typed.on('SIGINT', () => this.#interrupted(typed))
    this.#interface = typed
    return typed
  }

  #completions(line: string): [string[], string] {
    const found = this.complete(line)
    const [word = ''] = /[^\s;|&<>()=]*$/.exec(line) ?? []
    const only = found.length === 1 && found[0]?.endsWith('/') === false
    return [only ? [`${found[0]} `] : [...found], word]
  }

  #interrupted(typed: Interface): void {
    this.#early.length = 0
    Object.assign(typed, { line: '', cursor: 0 })
    const isRunning = this.#waiting === undefined || this.#isForProgram
    // What is interrupted ends the line itself, as bash does.
    this.#output.write(isRunning ? '^C' : '^C\n')
    if (isRunning) this.onInterrupt()
    else this.#take({ kind: 'interrupted' })
  }

  #take(line: NextLine): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting !== undefined) waiting(line)
    else if (line.kind !== 'interrupted') this.#early.push(line)
  }
}

/** What comes through a pipe or from a file: byte for byte, with no prompt. */
export class PipedLines implements LineInput {
  readonly isTyped = false
  onInterrupt: () => void = () => {}
  complete: (line: string) => readonly string[] = () => []
  readonly #lines: AsyncGenerator<Uint8Array>

  constructor(input: AsyncIterable<Uint8Array>) {
    this.#lines = linesOf(input)
  }

  async next(_prompt: string, { signal }: AskOptions = {}): Promise<NextLine> {
    const asked = new AbortController()
    const given = new Promise<undefined>(resolve =>
      signal?.addEventListener('abort', () => resolve(undefined), { signal: asked.signal }),
    )
    const next = await Promise.race([this.#lines.next(), given]).finally(() => asked.abort())
    if (next === undefined) return { kind: 'interrupted' }
    return next.done ? { kind: 'end' } : { kind: 'line', text: decodeText(next.value) }
  }

  close(): void {
    void this.#lines.return(undefined)
  }
}

async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of input) {
    rest = Buffer.concat([rest, chunk])
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      yield rest.subarray(0, end + 1)
      rest = rest.subarray(end + 1)
    }
  }
  if (rest.length > 0) yield rest
}

import { KernelError } from '../src/host/errno.ts'
import { OpenFile } from './fs/open-file.ts'
import type { Wait } from './scheduler.ts'

/** Where typed lines come from: the next one with its newline, undefined at their end or when `signal` gives up. */
export type ReadLine = (signal: AbortSignal) => Promise<Uint8Array | undefined>

/**
 * The standard input of a shell that somebody types into, and of what runs in it: a program that reads it makes the
 * whole machine wait, in no virtual time at all. It is no terminal.
 */
export class TypedInput extends OpenFile {
  readonly #readLine: ReadLine
  #rest: Uint8Array = new Uint8Array()
  #isEnded = false
  #asking: { readonly answered: Promise<void>; readonly gaveUp: AbortController } | undefined

  constructor(readLine: ReadLine) {
    super()
    this.#readLine = readLine
  }

  read(maxBytes: number): Uint8Array | undefined {
    if (!this.isReadable()) return undefined
    this.#isEnded = false
    const bytes = this.#rest.subarray(0, maxBytes)
    this.#rest = this.#rest.subarray(maxBytes)
    return bytes
  }

  override isReadable(): boolean {
    return this.#rest.length > 0 || this.#isEnded
  }

  override whenReadable(): Wait {
    this.#asking ??= this.#ask()
    return { isReady: () => true, promise: this.#asking.answered }
  }

  /** Whoever waits goes on, with nothing read. */
  giveUp(): void {
    this.#asking?.gaveUp.abort()
    this.#asking = undefined
  }

  /** What programs left of a line: the shell's own to read. */
  takeRest(): Uint8Array {
    const rest = this.#rest
    this.#rest = new Uint8Array()
    this.#isEnded = false
    return rest
  }

  write(): number {
    throw new KernelError('EBADF')
  }

  seek(): void {
    throw new KernelError('ESPIPE')
  }

  #ask(): { answered: Promise<void>; gaveUp: AbortController } {
    const gaveUp = new AbortController()
    const given = new Promise<undefined>(resolve =>
      gaveUp.signal.addEventListener('abort', () => resolve(undefined), { once: true }),
    )
    const answered = Promise.race([this.#readLine(gaveUp.signal), given]).then(line => {
      if (gaveUp.signal.aborted) return
      this.#asking = undefined
      if (line === undefined) this.#isEnded = true
      else this.#rest = line
    })
    return { answered, gaveUp }
  }
}

/** A stream that shows what is written as it is written. */
export class ShownOutput extends OpenFile {
  readonly #show: (bytes: Uint8Array) => void

  constructor(show: (bytes: Uint8Array) => void) {
    super()
    this.#show = show
  }

  read(): Uint8Array {
    throw new KernelError('EBADF')
  }

  write(bytes: Uint8Array): number {
    this.#show(bytes.slice())
    return bytes.length
  }

  seek(): void {
    throw new KernelError('ESPIPE')
  }
}

import { KernelError } from '../../src/host/errno.ts'
import { decodeText, encodeText } from '../../src/host/surrogate-escape.ts'
import { OpenFile } from '../fs/open-file.ts'
import type { Blocking } from '../scheduler.ts'
import { runText, type UnitObserver } from './run-text.ts'
import type { Shell } from './shell.ts'
import { countNewlines, firstUnitEnd, type Unit } from './syntax.ts'

/**
 * The standard input of a shell that reads its script there. bash reads no further than the line it executes, so
 * programs of the script that read standard input get what follows it; dash has read it all (its buffer is 8 KiB).
 */
class ScriptStream extends OpenFile {
  #rest: Uint8Array
  /** What the shell was going to execute next. */
  readonly #remaining: () => string
  isTouched = false

  constructor(remaining: () => string) {
    super()
    this.#rest = new Uint8Array()
    this.#remaining = remaining
  }

  read(maxBytes: number): Uint8Array {
    if (!this.isTouched) this.#rest = encodeText(this.#remaining())
    this.isTouched = true
    const bytes = this.#rest.subarray(0, maxBytes)
    this.#rest = this.#rest.subarray(maxBytes)
    return bytes
  }

  /** What nobody has read. */
  takeRest(): string {
    this.isTouched = false
    return decodeText(this.#rest)
  }

  write(): number {
    throw new KernelError('EBADF')
  }

  seek(): void {
    throw new KernelError('ESPIPE')
  }
}

/** Executes the script on standard input, one complete command after the other. */
export function* runScriptOnInput(shell: Shell): Blocking<number> {
  const text = decodeText(yield* shell.process.readToEnd(0))
  if (!shell.isBash) return yield* runText(shell, text)
  return yield* new InputScript(shell, text).run()
}

class InputScript implements UnitObserver {
  readonly #shell: Shell
  readonly #stream = new ScriptStream(() => this.#remaining())
  #text: string
  #unit: Unit | undefined

  constructor(shell: Shell, text: string) {
    this.#shell = shell
    this.#text = text
  }

  *run(): Blocking<number> {
    this.#shell.process.install(this.#stream, 0)
    for (;;) {
      const status = yield* runText(this.#shell, this.#text, { observer: this })
      if (!this.#stream.isTouched) return status
      const rest = this.#stream.takeRest()
      if (rest === '') return status
      // Lines that a program took are not counted.
      this.#text = '\n'.repeat(countNewlines(this.#text.slice(0, this.#unitEnd()))) + rest
    }
  }

  before(unit: Unit): void {
    this.#unit = unit
  }

  get isOver(): boolean {
    return this.#stream.isTouched
  }

  #remaining(): string {
    return this.#text.slice(this.#unitEnd())
  }

  #unitEnd(): number {
    const start = this.#unit?.start ?? 0
    return start + firstUnitEnd(this.#text.slice(start))
  }
}

import { KernelError, strerror } from '../../../src/host/errno.ts'
import { AwkFailure } from '../../formats/awk/failure.ts'
import { unescapeAwk } from '../../formats/awk/lexer.ts'
import type { Blocking } from '../../scheduler.ts'
import { type Input, openInput } from './input.ts'
import type { Interpreter } from './interpreter.ts'
import { inputValue } from './value.ts'

/** The main input: the files among ARGV as they stand when their turn comes, with assignments between them (fin.c). */
export class MainInput {
  readonly #interpreter: Interpreter
  #input: Input | undefined
  #next = 1
  #hasOpened = false
  #isDone = false

  constructor(interpreter: Interpreter) {
    this.#interpreter = interpreter
  }

  /** The next record, which counts in NR and FNR; undefined at the end of all. */
  *next(): Blocking<string | undefined> {
    const awk = this.#interpreter
    for (;;) {
      if (this.#input === undefined && !this.#open()) return undefined
      const record = yield* this.#read()
      if (record !== undefined) {
        for (const name of ['NR', 'FNR']) awk.set(name, awk.number(awk.get(name)) + 1)
        return record
      }
      this.skipFile()
    }
  }

  *#read(): Blocking<string | undefined> {
    const awk = this.#interpreter
    try {
      if (this.#input === undefined) return undefined
      return yield* this.#input.next(awk.text(awk.get('RS')), awk.release.hasIntervals)
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      const words = awk.release.isQuotingNames
        ? `cannot open "${awk.text(awk.get('FILENAME'))}"`
        : 'read error'
      throw new AwkFailure(`${words} (${strerror(error.errno)})`)
    }
  }

  /** Goes on with the next file. */
  skipFile(): void {
    this.#input?.close()
    this.#input = undefined
  }

  #open(): boolean {
    const awk = this.#interpreter
    if (this.#isDone) return false
    const { array } = awk.cell('ARGV')
    while (this.#next < awk.number(awk.get('ARGC'))) {
      const key = this.#next++
      const name = array.has(key, awk.text) ? awk.text(array.get(key, awk.text)) : ''
      if (name === '' || this.#assigns(name)) continue
      this.#openFile(name)
      return true
    }
    this.#isDone = true
    if (this.#hasOpened) return false
    this.#openFile('-')
    return true
  }

  #openFile(name: string): void {
    const awk = this.#interpreter
    const input = openInput(awk.process, name)
    if (input instanceof KernelError) {
      throw new AwkFailure(`${refusedBy(awk, name, input)} (${strerror(input.errno)})`)
    }
    this.#hasOpened = true
    this.#input = input
    awk.set('FILENAME', name)
    awk.set('FNR', 0)
  }

  #assigns(word: string): boolean {
    const [, name, value = ''] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word) ?? []
    if (name === undefined) return false
    this.#interpreter.set(name, inputValue(unescapeAwk(value)))
    return true
  }
}

/** A directory opens like a file, and cannot be read; later releases look before. */
function refusedBy(awk: Interpreter, name: string, { errno }: KernelError): string {
  if (awk.release.isQuotingNames) return `cannot open "${name}"`
  return errno === 'EISDIR' ? 'read error' : `cannot open ${name}`
}

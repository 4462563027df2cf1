import { KernelError } from '../../../src/host/errno.ts'
import type { Process } from '../../process.ts'
import type { Blocking } from '../../scheduler.ts'
import { regexOf } from './regex.ts'
import { bytesText } from './value.ts'

/** How much mawk reads at a time (BUFFSZ of sizes.h). */
const BLOCK = 4096

/** A stream of records: a file, or what a command prints. */
export class Input {
  readonly #process: Process
  readonly #fd: number
  #buffer = ''
  #isAtEnd = false
  #isAtStart = true

  constructor(process: Process, fd: number) {
    this.#process = process
    this.#fd = fd
  }

  /** The next record; undefined at the end. `separator` is RS. */
  *next(separator: string, hasIntervals: boolean): Blocking<string | undefined> {
    const find = finder(separator, hasIntervals)
    if (this.#isAtStart && separator === '') yield* this.#skipBlankLines()
    this.#isAtStart = false
    for (;;) {
      const found = find(this.#buffer)
      // A match that touches the end might go on in what comes.
      if (found !== undefined && (found.isFixed || found.end < this.#buffer.length || this.#isAtEnd)) {
        const record = this.#buffer.slice(0, found.start)
        this.#buffer = this.#buffer.slice(found.end)
        return record
      }
      if (this.#isAtEnd) return this.#last(separator)
      yield* this.#fill()
    }
  }

  close(): void {
    if (this.#fd > 2) this.#process.close(this.#fd)
  }

  *#fill(): Blocking<void> {
    const bytes = yield* this.#process.read(this.#fd, BLOCK)
    if (bytes.length === 0) this.#isAtEnd = true
    else this.#buffer += bytesText(bytes)
  }

  *#skipBlankLines(): Blocking<void> {
    for (;;) {
      this.#buffer = this.#buffer.replace(/^\n+/, '')
      if (this.#buffer !== '' || this.#isAtEnd) return
      yield* this.#fill()
    }
  }

  #last(separator: string): string | undefined {
    if (this.#buffer === '') return undefined
    const record = separator === '' ? this.#buffer.replace(/\n$/, '') : this.#buffer
    this.#buffer = ''
    return record
  }
}

interface Found {
  readonly start: number
  readonly end: number
  readonly isFixed: boolean
}

/** What a value of RS looks for: one character, blank lines, or a regular expression. */
function finder(separator: string, hasIntervals: boolean): (text: string) => Found | undefined {
  if (separator === '')
    return text => {
      const start = text.indexOf('\n\n')
      if (start < 0) return undefined
      let end = start + 2
      while (text.charAt(end) === '\n') end++
      return { start, end, isFixed: false }
    }
  if (separator.length === 1)
    return text => {
      const start = text.indexOf(separator)
      return start < 0 ? undefined : { start, end: start + 1, isFixed: true }
    }
  const regex = regexOf(separator, hasIntervals)
  return text => {
    for (let from = 0; from < text.length; ) {
      const found = regex.find(text, from)
      if (found === undefined) return undefined
      if (found.end > found.start) return { ...found, isFixed: false }
      from = found.end + 1
    }
    return undefined
  }
}

/** Opens a file to read; undefined and the errno where that is refused. */
export function openInput(process: Process, path: string): Input | KernelError {
  if (path === '-' || path === '/dev/stdin') return new Input(process, 0)
  try {
    return new Input(process, process.open(path, { read: true }))
  } catch (error) {
    if (error instanceof KernelError) return error
    throw error
  }
}

import { KernelError, strerror } from '../../../src/host/errno.ts'
import { AwkFailure } from '../../formats/awk/failure.ts'
import type { OpenFile } from '../../fs/open-file.ts'
import { makePipe } from '../../fs/pipe.ts'
import { type Child, type Process, SIGNAL_NUMBER } from '../../process.ts'
import type { Blocking } from '../../scheduler.ts'
import { type Input, Input as InputStream, openInput } from './input.ts'
import type { MawkRelease } from './release.ts'
import { textBytes } from './value.ts'

/** What stdio keeps before it writes. */
const BUFFER = 4096

type Stream =
  | { readonly kind: 'file' | 'pipe'; readonly fd: number; readonly child?: Child; buffer: string }
  | { readonly kind: 'input' | 'command'; readonly input: Input; readonly child?: Child }

/** What a program has open: files.c. Streams are found by name, for output and for input apart. */
export class Streams {
  readonly #process: Process
  readonly #release: MawkRelease
  /** What a command inherits: not what awk itself has open. */
  readonly #inherited: ReadonlyMap<number, OpenFile>
  readonly #stdout = { kind: 'file' as const, fd: 1, buffer: '' }
  readonly #open = new Map<string, Stream>()

  constructor(process: Process, release: MawkRelease) {
    this.#process = process
    this.#release = release
    this.#inherited = new Map(process.files)
  }

  /** Where print goes: a file or a command by name, or standard output. */
  *print(
    text: string,
    to?: { readonly kind: 'truncate' | 'append' | 'pipe'; readonly name: string },
  ): Blocking<void> {
    const stream = to === undefined ? this.#stdout : yield* this.#output(to)
    stream.buffer += text
    if (stream.buffer.length >= BUFFER || stream.fd === 2) yield* this.#flush(stream)
  }

  *#output({
    kind,
    name,
  }: {
    readonly kind: 'truncate' | 'append' | 'pipe'
    readonly name: string
  }): Blocking<Stream & { buffer: string; readonly fd: number }> {
    if (kind !== 'pipe' && (name === '-' || name === '/dev/stdout')) return this.#stdout
    const key = `${kind === 'pipe' ? '|' : '>'}${name}`
    const known = this.#open.get(key)
    if (known !== undefined && 'fd' in known) return known
    const opened: Stream & { buffer: string; readonly fd: number } =
      kind === 'pipe'
        ? yield* this.#command(name)
        : { kind: 'file', fd: this.#create(name, kind), buffer: '' }
    this.#open.set(key, opened)
    return opened
  }

  #create(name: string, kind: 'truncate' | 'append'): number {
    if (name === '/dev/stderr') return 2
    try {
      const flags = {
        write: true,
        create: true,
        ...(kind === 'append' ? { append: true } : { truncate: true }),
      }
      return this.#process.open(name, flags)
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      throw new AwkFailure(`cannot open "${name}" for output (${strerror(error.errno)})`)
    }
  }

  *#command(name: string): Blocking<Stream & { buffer: string; readonly fd: number }> {
    yield* this.flushAll()
    const { reader, writer } = makePipe()
    const child = this.#spawn(name, new Map(this.#inherited).set(0, reader))
    return { kind: 'pipe', fd: this.#process.install(writer, undefined, 3), child, buffer: '' }
  }

  #spawn(command: string, files: ReadonlyMap<number, OpenFile>): Child {
    return this.#process.spawn('/bin/sh', ['sh', '-c', command], { files })
  }

  /** The stream that getline reads from; undefined where a file cannot be opened. */
  *input(kind: 'file' | 'command', name: string): Blocking<Input | undefined> {
    const key = `${kind === 'file' ? '<' : '|<'}${name}`
    const known = this.#open.get(key)
    if (known !== undefined && 'input' in known) return known.input
    if (kind === 'file') {
      const input = openInput(this.#process, name)
      if (input instanceof KernelError) {
        if (input.errno === 'EISDIR' && !this.#release.isQuotingNames)
          throw new AwkFailure(`read error (${strerror(input.errno)})`)
        return undefined
      }
      this.#open.set(key, { kind: 'input', input })
      return input
    }
    yield* this.flushAll()
    const { reader, writer } = makePipe()
    const child = this.#spawn(name, new Map(this.#inherited).set(1, writer))
    const input = new InputStream(this.#process, this.#process.install(reader, undefined, 3))
    this.#open.set(key, { kind: 'command', input, child })
    return input
  }

  /** close(): the status, or -1 where nothing of that name is open. */
  *close(name: string): Blocking<number> {
    let status = -1
    for (const [key, stream] of [...this.#open]) {
      if (key.replace(/^(?:\|<|[|<>])/, '') !== name) continue
      this.#open.delete(key)
      status = yield* this.#end(stream, name)
    }
    return status
  }

  *#end(stream: Stream, name: string): Blocking<number> {
    if ('input' in stream) stream.input.close()
    else {
      yield* this.#flush(stream, name)
      if (stream.fd > 2) this.#process.close(stream.fd)
    }
    return stream.child === undefined ? 0 : yield* statusOf(stream.child)
  }

  /** system(). */
  *system(command: string): Blocking<number> {
    yield* this.flushAll()
    return yield* statusOf(this.#spawn(command, this.#inherited))
  }

  /** fflush(): 0, or -1 where nothing of that name is open. */
  *flushNamed(name: string | undefined): Blocking<number> {
    if (name === undefined || name === '-' || name === '/dev/stdout') {
      yield* this.#flush(this.#stdout)
      return 0
    }
    const found = [this.#open.get(`>${name}`), this.#open.get(`|${name}`)].filter(
      stream => stream !== undefined,
    )
    for (const stream of found) if ('fd' in stream) yield* this.#flush(stream)
    return found.length > 0 ? 0 : -1
  }

  *flushAll(): Blocking<void> {
    yield* this.#flush(this.#stdout)
    for (const stream of this.#open.values()) if ('fd' in stream) yield* this.#flush(stream)
  }

  /** What happens at the end: everything is written, commands that read from awk are waited for, last opened first. */
  *closeAll(): Blocking<void> {
    for (const [key, stream] of [...this.#open].toReversed()) {
      if ('fd' in stream) yield* this.#end(stream, key.slice(1))
    }
    yield* this.#flush(this.#stdout)
  }

  *#flush(stream: { readonly fd: number; buffer: string }, name?: string): Blocking<void> {
    const { buffer } = stream
    stream.buffer = ''
    if (buffer === '') return
    try {
      yield* this.#process.write(stream.fd, textBytes(buffer))
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      const shown = name ?? '/dev/stdout'
      const quoted = this.#release.isQuotingNames ? `"${shown}"` : shown
      throw new AwkFailure(`close failed on file ${quoted} (${strerror(error.errno)})`)
    }
  }
}

/** wait_status() of files.c. */
function* statusOf(child: Child): Blocking<number> {
  const status = yield* child.wait()
  const signal = child.process.terminatedBy
  return signal === undefined ? status : 256 + SIGNAL_NUMBER[signal]
}

import { KernelError } from '../../src/host/errno.ts'
import { concatBytes } from '../../src/host/surrogate-escape.ts'
import { OpenFile } from './open-file.ts'

/** pipe(7): 16 pages. */
const CAPACITY_BYTES = 65_536

class PipeBuffer {
  chunks: Uint8Array[] = []
  sizeBytes = 0
  isReadEndOpen = true
  isWriteEndOpen = true
}

class ReadEnd extends OpenFile {
  readonly #buffer: PipeBuffer

  constructor(buffer: PipeBuffer) {
    super()
    this.#buffer = buffer
  }

  read(maxBytes: number): Uint8Array | undefined {
    const buffer = this.#buffer
    if (buffer.sizeBytes === 0) return buffer.isWriteEndOpen ? undefined : new Uint8Array()
    const all = concatBytes(buffer.chunks)
    buffer.chunks = all.length > maxBytes ? [all.subarray(maxBytes)] : []
    buffer.sizeBytes = Math.max(0, all.length - maxBytes)
    return all.subarray(0, maxBytes)
  }

  write(): number {
    throw new KernelError('EBADF')
  }

  override isReadable(): boolean {
    return this.#buffer.sizeBytes > 0 || !this.#buffer.isWriteEndOpen
  }

  seek(): void {
    throw new KernelError('ESPIPE')
  }

  protected override onClose(): void {
    this.#buffer.isReadEndOpen = false
  }
}

class WriteEnd extends OpenFile {
  readonly #buffer: PipeBuffer

  constructor(buffer: PipeBuffer) {
    super()
    this.#buffer = buffer
  }

  read(): Uint8Array {
    throw new KernelError('EBADF')
  }

  write(bytes: Uint8Array, options: { isUnbounded?: boolean } = {}): number {
    const buffer = this.#buffer
    if (!buffer.isReadEndOpen) throw new KernelError('EPIPE')
    const room = options.isUnbounded ? bytes.length : CAPACITY_BYTES - buffer.sizeBytes
    const taken = bytes.slice(0, Math.max(0, room))
    if (taken.length > 0) buffer.chunks.push(taken)
    buffer.sizeBytes += taken.length
    return taken.length
  }

  override isWritable(): boolean {
    return this.#buffer.sizeBytes < CAPACITY_BYTES || !this.#buffer.isReadEndOpen
  }

  seek(): void {
    throw new KernelError('ESPIPE')
  }

  protected override onClose(): void {
    this.#buffer.isWriteEndOpen = false
  }
}

/** pipe(2). */
export function makePipe(): { readonly reader: OpenFile; readonly writer: OpenFile } {
  const buffer = new PipeBuffer()
  return { reader: new ReadEnd(buffer), writer: new WriteEnd(buffer) }
}

/** A stream that is given whole: standard input of a request. */
export class InputStream extends OpenFile {
  #rest: Uint8Array

  constructor(bytes: Uint8Array) {
    super()
    this.#rest = bytes
  }

  read(maxBytes: number): Uint8Array {
    const bytes = this.#rest.subarray(0, maxBytes)
    this.#rest = this.#rest.subarray(maxBytes)
    return bytes
  }

  write(): number {
    throw new KernelError('EBADF')
  }

  seek(): void {
    throw new KernelError('ESPIPE')
  }
}

/** A stream that collects what is written: standard output of a request. */
export class OutputStream extends OpenFile {
  readonly #parts: Uint8Array[] = []

  get bytes(): Uint8Array {
    return concatBytes(this.#parts)
  }

  read(): Uint8Array {
    throw new KernelError('EBADF')
  }

  write(bytes: Uint8Array): number {
    this.#parts.push(bytes.slice())
    return bytes.length
  }

  seek(): void {
    throw new KernelError('ESPIPE')
  }
}

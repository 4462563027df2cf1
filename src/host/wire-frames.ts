/** A line of the far side, with the bytes that came after it. */
export interface Frame {
  readonly kind: string
  readonly fields: readonly string[]
  readonly blobs: readonly Buffer[]
}

/** How many of a line's last fields are sizes of what follows it. */
const BLOBS: Readonly<Record<string, number>> = {
  exec: 2,
  reads: 1,
  lists: 3,
  done: 0,
  errno: 0,
  message: 1,
  locked: 0,
  end: 0,
}

/** The bytes of a frame's stream; a frame without it is a fault of ours. */
export function blobOf(frame: Frame, at = 0): Buffer {
  const bytes = frame.blobs[at]
  if (bytes === undefined) throw new Error(`${frame.kind} without its bytes`)
  return bytes
}

/** Cuts what the far side writes into frames, as it comes. What stands before our first line is not ours. */
export class FrameReader {
  hasStarted = false
  readonly #start: string
  readonly #bytes = new ByteQueue()
  #line: { readonly words: readonly string[]; readonly sizes: readonly number[] } | undefined

  constructor(nonce: string) {
    this.#start = `seatrial ${nonce}`
  }

  /** The frames that are whole now. Throws where it is not what our script writes. */
  *push(bytes: Uint8Array): Generator<Frame> {
    this.#bytes.push(bytes)
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) yield frame
  }

  #next(): Frame | undefined {
    this.#line ??= this.#nextLine()
    if (this.#line === undefined) return undefined
    const { words, sizes } = this.#line
    const whole = this.#bytes.take(sizes.reduce((sum, size) => sum + size, 0))
    if (whole === undefined) return undefined
    this.#line = undefined
    const [kind = '', ...fields] = words
    return { kind, fields, blobs: cut(whole, sizes) }
  }

  #nextLine(): { words: readonly string[]; sizes: readonly number[] } | undefined {
    for (let line = this.#bytes.takeLine(); line !== undefined; line = this.#bytes.takeLine()) {
      if (!this.hasStarted) {
        this.hasStarted = line.endsWith(this.#start)
        continue
      }
      const words = line.trimEnd().split(' ')
      const count = BLOBS[words[0] ?? '']
      if (count === undefined) throw new Error(`the far side wrote ${JSON.stringify(line.slice(0, 200))}`)
      return { words, sizes: words.slice(words.length - count).map(Number) }
    }
    return undefined
  }
}

function cut(whole: Buffer, sizes: readonly number[]): Buffer[] {
  let at = 0
  return sizes.map(size => {
    at += size
    return whole.subarray(at - size, at)
  })
}

/** Bytes that arrive in pieces and are taken in other pieces; joined once, when there are enough. */
class ByteQueue {
  #pieces: Buffer[] = []
  #length = 0

  push(bytes: Uint8Array): void {
    this.#pieces.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    this.#length += bytes.length
  }

  take(size: number): Buffer | undefined {
    if (this.#length < size) return undefined
    const whole = this.#join()
    this.#pieces = [whole.subarray(size)]
    this.#length -= size
    return whole.subarray(0, size)
  }

  /** A line without its end. */
  takeLine(): string | undefined {
    const end = this.#join().indexOf(0x0a)
    return end < 0 ? undefined : this.take(end + 1)?.toString('latin1', 0, end)
  }

  #join(): Buffer {
    const [only] = this.#pieces
    if (this.#pieces.length === 1 && only !== undefined) return only
    const whole = Buffer.concat(this.#pieces)
    this.#pieces = [whole]
    return whole
  }
}

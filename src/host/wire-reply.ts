import { ERRNO, type ErrnoName, errnoInMessage } from './errno.ts'
import type { Entry, FileType, List, Read, Reply, Request, Stat, Write } from './host.ts'
import { isFailure } from './host.ts'
import { decodeText } from './surrogate-escape.ts'
import type { EncodedBatch } from './wire.ts'
import { type Content, ContentReader } from './wire-content.ts'
import type { Item } from './wire-plan.ts'

/** A line of the far side, with the bytes that came after it. */
interface Frame {
  readonly kind: string
  readonly fields: readonly string[]
  readonly blobs: readonly Buffer[]
}

/** How many of a line's last fields are sizes of what follows it. */
const BLOBS: Readonly<Record<string, number>> = {
  exec: 2,
  reads: 1,
  list: 2,
  done: 0,
  errno: 0,
  message: 1,
  stale: 1,
  locked: 0,
  end: 0,
}

/** Turns what the far side writes into replies, as it comes. */
export class ReplyDecoder {
  /** Whether the far side's script began to run. */
  hasStarted = false
  /** Whether everything that will come has come. */
  hasEnded = false
  readonly #batch: EncodedBatch
  readonly #items = new Map<string, Item>()
  readonly #replies = new Map<string, readonly Reply[]>()
  readonly #bytes = new ByteQueue()
  #line: { readonly words: readonly string[]; readonly sizes: readonly number[] } | undefined
  /** What every request is answered, where the lock was not to be had. */
  #refusal: Reply | undefined

  constructor(batch: EncodedBatch) {
    this.#batch = batch
    this.#index(batch.items)
  }

  #index(items: readonly Item[]): void {
    for (const item of items) {
      this.#items.set(item.id, item)
      this.#index(item.recovery)
    }
  }

  /** Takes what has arrived. Throws where it is not what our script writes. */
  push(bytes: Uint8Array): void {
    this.#bytes.push(bytes)
    for (let frame = this.#frame(); frame !== undefined; frame = this.#frame()) this.#take(frame)
  }

  #frame(): Frame | undefined {
    this.#line ??= this.#nextLine()
    if (this.#line === undefined) return undefined
    const { words, sizes } = this.#line
    const whole = this.#bytes.take(sizes.reduce((sum, size) => sum + size, 0))
    if (whole === undefined) return undefined
    this.#line = undefined
    let at = 0
    const blobs = sizes.map(size => whole.subarray(at, (at += size)))
    const [kind = '', ...fields] = words
    return { kind, fields, blobs }
  }

  #nextLine(): { words: readonly string[]; sizes: readonly number[] } | undefined {
    for (let line = this.#bytes.takeLine(); line !== undefined; line = this.#bytes.takeLine()) {
      if (!this.hasStarted) {
        this.hasStarted = line.endsWith(`seatrial ${this.#batch.nonce}`)
        continue
      }
      const words = line.trimEnd().split(' ')
      const count = BLOBS[words[0] ?? '']
      if (count === undefined) throw new Error(`the far side wrote ${JSON.stringify(line.slice(0, 200))}`)
      return { words, sizes: words.slice(words.length - count).map(Number) }
    }
    return undefined
  }

  #take(frame: Frame): void {
    if (frame.kind === 'end') this.hasEnded = true
    else if (frame.kind === 'locked') this.#refusal = { kind: 'not-run', reason: 'locked' }
    else if (frame.fields[0] === 'lock') this.#refusal = { kind: 'errno', errno: errnoOf(frame) }
    else {
      const id = frame.fields[0] ?? ''
      const item = this.#items.get(id)
      if (item === undefined) throw new Error(`the far side answered ${id}, which was not asked`)
      this.#replies.set(id, this.#decode(frame, item))
    }
  }

  #decode(frame: Frame, item: Item): readonly Reply[] {
    const request = item.requests[0]
    switch (frame.kind) {
      case 'exec':
        return [execReply(frame)]
      case 'reads':
        return decodeReads(frame, item.requests as readonly Read[], this.#batch.root)
      case 'list':
        return [{ kind: 'list', entries: decodeEntries(frame, request as List, this.#batch.root) }]
      case 'done':
        return [{ kind: 'done' }]
      case 'stale':
        return [checkDigest(decodeText(blob(frame, 0)), (request as Write).ifDigest ?? '') ?? { kind: 'done' }]
      default:
        return [{ kind: 'errno', errno: errnoOf(frame) }]
    }
  }

  /** The replies of the whole batch, once it has ended; before that those that have arrived, without a gap. */
  replies(batch: readonly Request[], isStopping: boolean): readonly Reply[] {
    const refusal = this.#refusal
    if (refusal !== undefined) return batch.map(() => refusal)
    const replies = this.#collect(this.#batch.items)
    if (isStopping) cutAtFailure(replies)
    if (this.hasEnded) while (replies.length < batch.length) replies.push(NOT_RUN)
    return replies
  }

  #collect(items: readonly Item[]): Reply[] {
    const collected: Reply[] = []
    for (const item of items) {
      const replies = this.#replies.get(item.id)
      if (replies === undefined) break
      const recovery = this.#collect(item.recovery)
      collected.push(...(recovery.length > 0 ? replies.map(reply => ({ ...reply, recovery })) : replies))
    }
    return collected
  }
}

const NOT_RUN: Reply = { kind: 'not-run', reason: 'earlier-failure' }

/** In a run of reads the far side has read on behind the one that failed. */
function cutAtFailure(replies: Reply[]): void {
  const failed = replies.findIndex(isFailure)
  if (failed >= 0) replies.fill(NOT_RUN, failed + 1)
}

function blob(frame: Frame, at: number): Buffer {
  const bytes = frame.blobs[at]
  if (bytes === undefined) throw new Error(`${frame.kind} without its bytes`)
  return bytes
}

function errnoOf(frame: Frame): ErrnoName {
  const name = frame.fields[1] ?? ''
  if (frame.kind === 'errno' && name in ERRNO) return name as ErrnoName
  return errnoFrom(decodeText(blob(frame, 0)))
}

function errnoFrom(message: string): ErrnoName {
  const errno = errnoInMessage(message)
  if (errno === undefined) throw new Error(`no errno in: ${message}`)
  return errno
}

function execReply(frame: Frame): Reply {
  return {
    kind: 'exec',
    exitCode: Number(frame.fields[1]),
    isTimedOut: frame.fields[2] === '1',
    stdout: blob(frame, 0),
    stderr: blob(frame, 1),
  }
}

/** A line of `sha256sum` beside what was asked for: the refusal, if it is one. */
function checkDigest(line: string, wanted: string): Reply | undefined {
  if (line.startsWith('sha256sum: ')) {
    const errno = errnoFrom(line)
    if (errno !== 'ENOENT') return { kind: 'errno', errno }
    return wanted === 'absent' ? undefined : { kind: 'errno', errno: 'ESTALE' }
  }
  return line.replace(/^\\/, '').startsWith(`${wanted}  `) ? undefined : { kind: 'errno', errno: 'ESTALE' }
}

function decodeReads(frame: Frame, reads: readonly Read[], root: string): Reply[] {
  const queue = new ByteQueue()
  queue.push(blob(frame, 0))
  const line = (): string => {
    const next = queue.takeLine()
    if (next === undefined) throw new Error('a line is missing behind reads')
    return next
  }
  const refusals = reads.map(read => (read.ifDigest === undefined ? undefined : checkDigest(line(), read.ifDigest)))
  const stats = reads.map(read => (read.ifDigest === 'absent' ? '' : line()))
  const paths = reads.filter(read => read.ifDigest !== 'absent').map(read => read.path)
  const contents = new ContentReader(queue.rest(), root).read(paths.map(path => (path.startsWith('/') ? path : `/${path}`)))
  return reads.map((read, at) => {
    if (read.ifDigest === 'absent') return refusals[at] ?? { kind: 'done' }
    const content = contents.shift()
    return refusals[at] ?? readReply(content, stats[at] ?? '')
  })
}

function readReply(content: Content | undefined, stat: string): Reply {
  if (content === undefined) throw new Error('a content is missing')
  if (typeof content === 'string') return { kind: 'errno', errno: content }
  if (stat.startsWith('stat: ')) return { kind: 'errno', errno: errnoFrom(stat) }
  const [mode = '', ...numbers] = stat.split(' ')
  const raw = Number.parseInt(mode, 16)
  const type = TYPE_BITS[raw >> 12]
  if (type === undefined) throw new Error(`stat said ${stat}`)
  return { kind: 'read', content, stat: { type, mode: raw & 0o7777, ...decodeNumbers(numbers) } }
}

function decodeNumbers(numbers: readonly string[]): Omit<Stat, 'type' | 'mode'> {
  const [uid = Number.NaN, gid = Number.NaN, sizeBytes = Number.NaN, mtimeSeconds = Number.NaN, ctimeSeconds = Number.NaN] = numbers.map(Number)
  return { uid, gid, sizeBytes, mtimeSeconds, ctimeSeconds }
}

/** S_IFMT of inode(7), shifted to the right. */
const TYPE_BITS: Readonly<Record<number, FileType>> = {
  1: 'fifo',
  2: 'char-device',
  4: 'directory',
  6: 'block-device',
  8: 'file',
  10: 'symlink',
  12: 'socket',
}

/** The letters of find's `%y`. */
const TYPE_LETTER: Readonly<Record<string, FileType>> = {
  p: 'fifo',
  c: 'char-device',
  d: 'directory',
  b: 'block-device',
  f: 'file',
  l: 'symlink',
  s: 'socket',
}

interface Found {
  readonly entry: Entry
  /** Type letter of what a symlink leads to; N, L and ? where it leads nowhere. */
  readonly follows: string
}

function decodeEntries(frame: Frame, list: List, root: string): readonly Entry[] {
  const found = decodeFound(decodeText(blob(frame, 0)))
  const suffix = list.contentOf
  const withContent =
    suffix === undefined ? [] : found.filter(({ entry, follows }) => entry.name.endsWith(suffix) && 'fNL?'.includes(follows))
  const base = list.path.startsWith('/') ? list.path : `/${list.path}`
  const contents = new ContentReader(blob(frame, 1), root).read(withContent.map(({ entry }) => `${base}/${entry.name}`))
  const contentOf = new Map(withContent.map(({ entry }, at) => [entry, contents[at]]))
  return found
    .map(({ entry }) => {
      const content = contentOf.get(entry)
      return content === undefined ? entry : { ...entry, content }
    })
    .toSorted((a, b) => Buffer.compare(Buffer.from(encodeName(a.name)), Buffer.from(encodeName(b.name))))
}

import { ERRNO, type ErrnoName } from './errno.ts'
import type { List, Read, Reply, Request } from './host.ts'
import { isFailure } from './host.ts'
import { decodeText } from './surrogate-escape.ts'
import type { EncodedBatch } from './wire.ts'
import { decodeLists, decodeReads, errnoFrom } from './wire-files.ts'
import { blobOf, type Frame, FrameReader } from './wire-frames.ts'
import type { Item } from './wire-plan.ts'

/** Turns what the far side writes into replies, as it comes. */
export class ReplyDecoder {
  /** Whether everything that will come has come. */
  hasEnded = false
  readonly #batch: EncodedBatch
  readonly #frames: FrameReader
  readonly #items = new Map<string, Item>()
  readonly #replies = new Map<string, readonly Reply[]>()
  /** What every request is answered, where the lock was not to be had. */
  #refusal: Reply | undefined

  constructor(batch: EncodedBatch) {
    this.#batch = batch
    this.#frames = new FrameReader(batch.nonce)
    this.#index(batch.items)
  }

  #index(items: readonly Item[]): void {
    for (const item of items) {
      this.#items.set(item.id, item)
      this.#index(item.recovery)
    }
  }

  /** Whether the far side's script began to run. */
  get hasStarted(): boolean {
    return this.#frames.hasStarted
  }

  /** Takes what has arrived. Throws where it is not what our script writes. */
  push(bytes: Uint8Array): void {
    for (const frame of this.#frames.push(bytes)) this.#take(frame)
  }

  #take(frame: Frame): void {
    const id = frame.fields[0] ?? ''
    const item = this.#items.get(id)
    if (frame.kind === 'end') this.hasEnded = true
    else if (frame.kind === 'locked') this.#refusal = { kind: 'not-run', reason: 'locked' }
    else if (id === 'lock') this.#refusal = { kind: 'errno', errno: errnoOf(frame) }
    else if (item === undefined) throw new Error(`the far side answered ${id}, which was not asked`)
    else this.#replies.set(id, this.#decode(frame, item.requests))
  }

  #decode(frame: Frame, requests: Item['requests']): readonly Reply[] {
    switch (frame.kind) {
      case 'exec':
        return [execReply(frame)]
      case 'reads':
        return decodeReads(frame, requests as readonly Read[], this.#batch.root)
      case 'lists':
        return decodeLists(frame, requests as readonly List[], this.#batch.root)
      case 'done':
        return [{ kind: 'done' }]
      default:
        return [{ kind: 'errno', errno: errnoOf(frame) }]
    }
  }

  /** The replies of the whole batch, once it has ended; before that those that have arrived, without a gap. */
  replies(batch: readonly Request[]): readonly Reply[] {
    const refusal = this.#refusal
    if (refusal !== undefined) return batch.map(() => refusal)
    const replies = this.#collect(this.#batch.items)
    if (this.#batch.isStopping) cutAtFailure(replies)
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

function errnoOf(frame: Frame): ErrnoName {
  const name = frame.fields[1] ?? ''
  return frame.kind === 'errno' && isErrnoName(name) ? name : errnoFrom(decodeText(blobOf(frame)))
}

const isErrnoName = (name: string): name is ErrnoName => name in ERRNO

const execReply = (frame: Frame): Reply => ({
  kind: 'exec',
  exitCode: Number(frame.fields[1]),
  isTimedOut: frame.fields[2] === '1',
  stdout: blobOf(frame, 0),
  stderr: blobOf(frame, 1),
})

import * as v from 'valibot'
import { ERRNO, type ErrnoName } from '../host/errno.ts'
import type { Entry, Exec, HostErrorReason, Reply, Request, SendOptions } from '../host/host.ts'
import { bytesRecordSchema as bytes, recordOfBytes } from './report-bytes.ts'

/** One round trip of a run: what was asked and what came of it (`RoundTrip` of the recorder). */
export interface ReportExchange {
  readonly batch: readonly Request[]
  readonly options: Omit<SendOptions, 'signal'>
  /** Where the transport failed: those that had arrived. */
  readonly replies: readonly Reply[]
  readonly error?: { readonly reason: HostErrorReason | 'unsimulated'; readonly message: string }
}

const isErrnoName = (value: string): value is ErrnoName => Object.hasOwn(ERRNO, value)
const errno = v.custom<ErrnoName>(
  value => typeof value === 'string' && isErrnoName(value),
  'the name of an errno',
)
const text = v.string()
const flag = v.boolean()
const integer = v.pipe(v.number(), v.integer())
const request: v.GenericSchema<unknown, Request> = v.lazy(() => requestSchema)
const reply: v.GenericSchema<unknown, Reply> = v.lazy(() => replySchema)
const onFailure = v.exactOptional(v.array(request))
const ifDigest = v.exactOptional(text)

const exec: v.GenericSchema<unknown, Exec> = v.strictObject({
  kind: v.literal('exec'),
  argv: v.tupleWithRest([text], text),
  stdin: v.exactOptional(bytes),
  env: v.exactOptional(v.record(text, text)),
  cwd: v.exactOptional(text),
  timeoutMs: v.exactOptional(v.number()),
  onFailure,
})

const requestSchema: v.GenericSchema<unknown, Request> = v.union([
  exec,
  v.strictObject({ kind: v.literal('read'), path: text, ifDigest, onFailure }),
  v.strictObject({
    kind: v.literal('write'),
    path: text,
    content: bytes,
    mode: v.exactOptional(integer),
    ifDigest,
    onFailure,
  }),
  v.strictObject({ kind: v.literal('remove'), path: text, onFailure }),
  v.strictObject({ kind: v.literal('list'), path: text, contentOf: v.exactOptional(text), onFailure }),
  v.strictObject({
    kind: v.literal('wait'),
    exec,
    limitMs: v.number(),
    intervalMs: v.exactOptional(v.number()),
    onFailure,
  }),
])

const stat = v.strictObject({
  type: v.picklist(['file', 'directory', 'symlink', 'char-device', 'block-device', 'fifo', 'socket']),
  mode: integer,
  uid: integer,
  gid: integer,
  sizeBytes: integer,
  mtimeSeconds: v.number(),
  ctimeSeconds: v.number(),
})

/** In a report an errno in the place of content is `{ errno }`: a string there is text. */
const entry = v.strictObject({
  name: text,
  stat,
  target: v.exactOptional(text),
  content: v.exactOptional(
    v.union([
      bytes,
      v.pipe(
        v.strictObject({ errno }),
        v.transform(({ errno }) => errno),
      ),
    ]),
  ),
})

const recovery = v.exactOptional(v.array(reply))

const replySchema: v.GenericSchema<unknown, Reply> = v.variant('kind', [
  v.strictObject({
    kind: v.literal('exec'),
    exitCode: integer,
    stdout: bytes,
    stderr: bytes,
    isTimedOut: flag,
    recovery,
  }),
  v.strictObject({ kind: v.literal('read'), content: bytes, stat, recovery }),
  v.strictObject({ kind: v.literal('done'), recovery }),
  v.strictObject({ kind: v.literal('list'), entries: v.array(entry), recovery }),
  v.strictObject({ kind: v.literal('errno'), errno, recovery }),
  v.strictObject({ kind: v.literal('not-run'), reason: v.picklist(['earlier-failure', 'locked']), recovery }),
])

/** A round trip as it stands in a report, to the round trip that it was. */
export const exchangeSchema: v.GenericSchema<unknown, ReportExchange> = v.strictObject({
  batch: v.array(request),
  options: v.strictObject({
    stopAtFailure: v.exactOptional(flag),
    anyOrder: v.exactOptional(flag),
    lock: v.exactOptional(text),
  }),
  replies: v.array(reply),
  error: v.exactOptional(
    v.strictObject({
      reason: v.picklist(['unreachable', 'auth', 'timeout', 'closed', 'unsimulated']),
      message: text,
    }),
  ),
})

/** A round trip as it stands in a report. */
export const recordOfExchange = (exchange: ReportExchange): unknown => recorded(exchange)

function recorded(value: unknown): unknown {
  if (value instanceof Uint8Array) return recordOfBytes(value)
  if (Array.isArray(value)) return value.map(recorded)
  if (typeof value !== 'object' || value === null) return value
  if (isEntry(value) && typeof value.content === 'string')
    return { ...plain(value), content: { errno: value.content } }
  return plain(value)
}

const plain = (value: object): object =>
  Object.fromEntries(Object.entries(value).map(([key, member]) => [key, recorded(member)]))

const isEntry = (value: object): value is Entry => 'name' in value && 'stat' in value

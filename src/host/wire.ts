import type { Exec, List, Read, Request, SendOptions, Wait, Write } from './host.ts'
import { encodeText } from './surrogate-escape.ts'
import { drawRoot, RUN_MARK } from './wire-content.ts'
import { type Item, pathOf, planItems, startOf } from './wire-plan.ts'
import { quote, wrapCalls } from './wire-script.ts'
import { FIND } from './wire-script-files.ts'

export { ReplyDecoder } from './wire-reply.ts'
export { BOOTSTRAP } from './wire-script.ts'

/**
 * A batch as it travels: one script, then the payloads that it takes, to a shell that was started with `BOOTSTRAP`.
 *
 *     LENGTH\n SCRIPT  ( PAYLOAD ok\n )*
 *
 * and back, each line followed by as many bytes as its last numbers say:
 *
 *     seatrial NONCE                          the script runs
 *     exec ID EXITCODE TIMEDOUT SIZE SIZE     standard output, standard error
 *     reads ID SIZE                           digests, stats, contents of a run of reads
 *     lists ID SIZE SIZE SIZE                 errors, entries, contents of a run of lists
 *     done ID  |  errno ID NAME  |  message ID SIZE
 *     locked
 *     end                                     nothing is missing; who is not answered was not run
 */
export interface EncodedBatch {
  readonly frames: readonly Uint8Array[]
  readonly items: readonly Item[]
  readonly nonce: string
  readonly isStopping: boolean
  /** The spelling of `/` that the contents are told apart by. */
  readonly root: string
}

/** Turns a batch into what is written to the far shell. Throws on what no argv or path can hold: NUL. */
export function encodeBatch(batch: readonly Request[], options: SendOptions = {}): EncodedBatch {
  const random = crypto.getRandomValues(new Uint8Array(16))
  const nonce = Array.from(random, byte => byte.toString(16).padStart(2, '0')).join('')
  const root = drawRoot(Array.from(random.subarray(0, 8)).flatMap(bitsOf))
  const isStopping = options.stopAtFailure ?? false
  const items = planItems(batch, isStopping)
  const encoder = new Encoder(root, isStopping)
  const [begun, others] = options.anyOrder && !isStopping ? partition(items, isBegun) : [[], items]
  for (const item of begun) encoder.begin(item)
  for (const item of others) encoder.add(item)
  if (begun.length > 0) encoder.finish()
  const script = encodeText(wrapCalls(encoder.calls, { nonce, isStopping, lock: options.lock }))
  const frames = [encodeText(`${script.length}\n`), script, ...encoder.payloads]
  return { frames, items, nonce, isStopping, root }
}

const bitsOf = (byte: number): boolean[] => Array.from({ length: 8 }, (_, bit) => (byte & (1 << bit)) !== 0)

/** What can run beside everything else: the far side keeps one payload at a time, and stands in one directory. */
const isBegun = ({ requests: [request] }: Item): boolean =>
  request.kind === 'exec' && (request.stdin ?? []).length === 0 && directory(request) === '/'

function partition<T>(all: readonly T[], isIn: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isIn), all.filter(one => !isIn(one))]
}

const PAYLOAD_END = encodeText('ok\n')

class Encoder {
  readonly calls: string[] = []
  readonly payloads: Uint8Array[] = []
  readonly #root: string
  readonly #isStopping: boolean

  constructor(root: string, isStopping: boolean) {
    this.#root = root
    this.#isStopping = isStopping
  }

  add(item: Item): void {
    this.calls.push('if [ -z "$w_stopped" ]; then')
    this.#call(item)
    if (this.#isStopping && item.recovery.length > 0) this.#recover(item)
    this.calls.push('fi')
  }

  /** Starts a program whose frame is written when all that were started have ended. */
  begin(item: Item): void {
    const [request] = item.requests
    if (request.kind === 'exec') this.#push('w_begin', item.id, wordsOf(request))
  }

  finish(): void {
    this.#push('w_finish')
  }

  #recover(item: Item): void {
    this.calls.push('if [ -n "$w_stopped" ]; then')
    const before = this.payloads.length
    for (const step of item.recovery) this.#call(step)
    const unused = this.payloads.slice(before).filter(payload => payload !== PAYLOAD_END)
    this.calls.push('else', ':', ...unused.map(payload => `w_skip ${payload.length}`), 'fi')
  }

  #call(item: Item): void {
    const [request] = item.requests
    if (request.kind === 'read') this.#reads(item.id, item.requests as readonly Read[])
    else if (request.kind === 'list')
      this.#push('w_lists', item.id, lists(item.requests as readonly List[], this.#root))
    else {
      if (request.kind === 'exec') this.#take(request.stdin)
      else if (request.kind === 'wait') this.#take(request.exec.stdin)
      else if (request.kind === 'write') this.#take(request.content)
      this.#push(`w_${request.kind}`, item.id, wordsOf(request))
    }
  }

  #push(...words: readonly (string | readonly string[])[]): void {
    this.calls.push(words.flat().map(word).join(' '))
  }

  #take(payload: Uint8Array | undefined): void {
    if (payload === undefined || payload.length === 0) this.calls.push('w_in=/dev/null')
    else {
      this.calls.push(`w_take ${payload.length}`)
      this.payloads.push(payload, PAYLOAD_END)
    }
  }

  #reads(id: string, reads: readonly Read[]): void {
    this.#push('w_reads', id)
    const checked = reads.filter(read => read.ifDigest !== undefined)
    const wanted = reads.filter(read => read.ifDigest !== 'absent').map(pathOf)
    const digests = checked.map(digestIn).join('\n')
    if (checked.length > 0) this.#push('w_digests', `${digests}\n`, checked.map(pathOf))
    if (wanted.length > 0) {
      this.#push('w_stats', wanted)
      this.#push(
        'w_contents',
        wanted.map(path => this.#root + path),
      )
    }
    this.#push('w_have_read')
  }
}

/** What the far side's function for a request is given behind the id. */
function wordsOf(request: Exclude<Request, Read | List>): readonly string[] {
  switch (request.kind) {
    case 'exec':
      return [directory(request), timeLimit(request), ...command(request)]
    case 'wait':
      return [directory(request.exec), timeLimit(request.exec), ...pace(request), ...command(request.exec)]
    case 'write':
      return [pathOf(request), request.mode?.toString(8) ?? '', digestIn(request)]
    case 'remove':
      return [pathOf(request)]
  }
}

/** Its messages go where its output goes, while find's own are about the directories. */
const HEAD = 'exec head -v -c 9223372036854775807 -- "$@" >&3 2>&3'

const LOOK = ['-mindepth', '1', '-maxdepth', '1', '-ignore_readdir_race', '-printf', FIND]

/**
 * `find`'s words: where it starts and, where contents are wanted, the `head` that it runs. A symlink is
 * opened unless it leads to what is no regular file.
 */
function lists(run: readonly List[], root: string): readonly string[] {
  const starts = run.map(list => root + startOf(list))
  const suffix = run[0]?.contentOf
  if (suffix === undefined) return [...starts, ...LOOK]
  const pattern = `*${suffix.replace(/[\\*?[\]]/g, '\\$&')}`
  const elsewhere = ['d', 'c', 'b', 'p', 's'].flatMap(type => ['!', '-xtype', type])
  const isOpened = ['(', '-type', 'f', '-o', '-type', 'l', ...elsewhere, ')']
  const head = ['sh', '-c', HEAD, 'sh', root + RUN_MARK, '{}', '+']
  return [...starts, ...LOOK, '-name', pattern, ...isOpened, '-exec', ...head]
}

function word(value: string): string {
  if (value.includes('\0')) throw new RangeError(`NUL in ${JSON.stringify(value)}`)
  return quote(value)
}

const directory = (exec: Exec): string => pathOf({ path: exec.cwd ?? '/' })
const timeLimit = (exec: Exec): string => milliseconds(exec.timeoutMs ?? 120_000)
const pace = (wait: Wait): string[] => [milliseconds(wait.limitMs), milliseconds(wait.intervalMs ?? 200)]
const milliseconds = (value: number): string => String(Math.max(1, Math.ceil(value)))

function digestIn(request: Read | Write): string {
  const digest = request.ifDigest ?? ''
  if (!/^(?:|absent|[0-9a-f]{64})$/.test(digest)) throw new RangeError(`not a SHA-256 in hex: ${digest}`)
  return digest
}

/** env(1) takes a program whose name holds `=` for one more variable: such a one is named to it by a shell. */
function command(exec: Exec): readonly string[] {
  const variables = Object.entries(exec.env ?? {}).map(([name, value]) => {
    if (name === '' || name.includes('='))
      throw new RangeError(`not a name of a variable: ${JSON.stringify(name)}`)
    return `${name}=${value}`
  })
  if (variables.length === 0) return exec.argv
  const shell = exec.argv[0].includes('=') ? ['/bin/sh', '-c', 'exec "$@"', 'sh'] : []
  return ['env', '--', ...variables, ...shell, ...exec.argv]
}

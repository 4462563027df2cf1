import type { ErrnoName } from './errno.ts'
import { errnoInMessage } from './errno.ts'
import type { Entry, FileType, List, Read, Reply, Stat } from './host.ts'
import { decodeText, encodeText } from './surrogate-escape.ts'
import { type Content, ContentReader } from './wire-content.ts'
import { blobOf, type Frame } from './wire-frames.ts'
import { pathOf, startOf } from './wire-plan.ts'

/** The errno that a message of coreutils or findutils, in the C locale, speaks of. */
export function errnoFrom(message: string): ErrnoName {
  const errno = errnoInMessage(message)
  if (errno === undefined) throw new Error(`no errno in: ${message}`)
  return errno
}

/** Whether a line of `sha256sum` says what was expected; the far side goes by the same rule. */
const isAsExpected = (line: string, expected: string): boolean =>
  expected === 'absent'
    ? line.startsWith('sha256sum: ') && errnoInMessage(line) === 'ENOENT'
    : line.replace(/^\\/, '').startsWith(`${expected}  `)

const STALE: Reply = { kind: 'errno', errno: 'ESTALE' }

/** A run of reads: a line of `sha256sum` for each that is checked, a line of `stat` and a content for each that is read. */
export function decodeReads(frame: Frame, reads: readonly Read[], root: string): Reply[] {
  const { lines, rest } = splitLines(blobOf(frame), reads)
  const isStale = reads.map(
    read => read.ifDigest !== undefined && !isAsExpected(lines.shift() ?? '', read.ifDigest),
  )
  const contents = new ContentReader(rest, root).read(reads.filter(isRead).map(pathOf))
  return reads.map((read, at) => {
    const found = isRead(read) ? readReply(contents.shift(), lines.shift() ?? '') : DONE
    return isStale[at] ? STALE : found
  })
}

const DONE: Reply = { kind: 'done' }

/** What is wanted absent is looked for, and not read. */
const isRead = (read: Read): boolean => read.ifDigest !== 'absent'

function splitLines(bytes: Buffer, reads: readonly Read[]): { lines: string[]; rest: Buffer } {
  const checked = reads.filter(read => read.ifDigest !== undefined)
  const count = checked.length + reads.filter(isRead).length
  const lines: string[] = []
  let at = 0
  while (lines.length < count) {
    const end = bytes.indexOf(0x0a, at)
    if (end < 0) throw new Error('a line is missing in front of what was read')
    lines.push(decodeText(bytes.subarray(at, end)))
    at = end + 1
  }
  return { lines, rest: bytes.subarray(at) }
}

function readReply(content: Content | undefined, stat: string): Reply {
  if (content === undefined) throw new Error('a content is missing')
  if (typeof content === 'string') return { kind: 'errno', errno: content }
  if (stat.startsWith('stat: ')) return { kind: 'errno', errno: errnoFrom(stat) }
  const [mode = '', ...numbers] = stat.split(' ')
  const raw = Number.parseInt(mode, 16)
  const type = typeOf(TYPE_BITS[raw >> 12], stat)
  return { kind: 'read', content, stat: { type, mode: raw & 0o7777, ...decodeNumbers(numbers) } }
}

function decodeNumbers(numbers: readonly string[]): Omit<Stat, 'type' | 'mode'> {
  const [uid, gid, sizeBytes, mtimeSeconds, ctimeSeconds] = numbers.map(Number)
  if (uid === undefined || gid === undefined || sizeBytes === undefined)
    throw new Error(`stat said ${numbers}`)
  if (mtimeSeconds === undefined || ctimeSeconds === undefined) throw new Error(`stat said ${numbers}`)
  return { uid, gid, sizeBytes, mtimeSeconds, ctimeSeconds }
}

function typeOf(type: FileType | undefined, said: string): FileType {
  if (type === undefined) throw new Error(`a file of unknown type: ${said}`)
  return type
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
  readonly path: string
  readonly entry: Entry
  /** Whether a regular file is there, symlinks followed, or a symlink that leads nowhere. */
  readonly isOpened: boolean
}

/** A run of directories: what `find` complained of, the entries that it found, and the contents from `head`. */
export function decodeLists(frame: Frame, lists: readonly List[], root: string): Reply[] {
  const found = decodeFound(decodeText(blobOf(frame, 1)), root)
  const suffix = lists[0]?.contentOf
  const wanted = found.filter(one => suffix !== undefined && one.isOpened && one.path.endsWith(suffix))
  const contents = new ContentReader(blobOf(frame, 2), root).read(wanted.map(one => one.path))
  const contentOf = new Map(wanted.map((one, at) => [one, contents[at]]))
  const errors = new FindErrors(decodeText(blobOf(frame, 0)), root)
  return lists.map(list => {
    const start = startOf(list)
    const entries = found.filter(one => directoryOf(one.path) === start)
    const errno = entries.length > 0 ? undefined : lists.length > 1 ? errors.about(list) : errors.first
    if (errno !== undefined) return { kind: 'errno', errno }
    return { kind: 'list', entries: sorted(entries.map(one => withContent(one.entry, contentOf.get(one)))) }
  })
}

/** With the slash at its end. */
const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)

const withContent = (entry: Entry, content: Content | undefined): Entry =>
  content === undefined ? entry : { ...entry, content }

const sorted = (entries: readonly Entry[]): readonly Entry[] =>
  entries.toSorted((a, b) => Buffer.compare(encodeText(a.name), encodeText(b.name)))

/** What `find` could not look at, by the name that it was given. */
class FindErrors {
  readonly #output: string
  readonly #root: string

  constructor(output: string, root: string) {
    this.#output = output
    this.#root = root
  }

  /** For a run of one, whatever its name looks like when it is quoted. */
  get first(): ErrnoName | undefined {
    return this.#output === '' ? undefined : errnoFrom(this.#output)
  }

  about(list: List): ErrnoName | undefined {
    const lines = this.#output.split('\n').filter(line => line !== '')
    const strange = lines.find(line => !line.startsWith(`find: '${this.#root}`))
    if (strange !== undefined) throw new Error(`find said ${strange}`)
    const line = lines.find(one => one.startsWith(`find: '${this.#root}${startOf(list)}': `))
    return line === undefined ? undefined : errnoFrom(line)
  }
}

function decodeFound(output: string, root: string): Found[] {
  const fields = output.split('\0')
  const found: Found[] = []
  for (let at = 0; at + 3 <= fields.length; at += 3) {
    const [said = '', spelled = '', target = ''] = fields.slice(at, at + 3)
    const [types = '', mode = '', ...numbers] = said.split(' ')
    const type = typeOf(TYPE_LETTER[types.charAt(0)], said)
    const stat = { type, mode: Number.parseInt(mode, 8), ...decodeNumbers(numbers) }
    const path = spelled.slice(root.length)
    const name = path.slice(directoryOf(path).length)
    const entry = type === 'symlink' ? { name, stat, target } : { name, stat }
    found.push({ path, entry, isOpened: 'fNL?'.includes(types.charAt(1)) })
  }
  return found
}

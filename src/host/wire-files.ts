import type { ErrnoName } from './errno.ts'
import { errnoInMessage } from './errno.ts'
import type { Entry, FileType, List, Read, Reply, Stat } from './host.ts'
import { decodeText, encodeText } from './surrogate-escape.ts'
import { type Content, ContentReader } from './wire-content.ts'
import { blobOf, type Frame } from './wire-frames.ts'
import { pathOf } from './wire-plan.ts'

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
  readonly entry: Entry
  /** Whether a regular file is there, symlinks followed, or a symlink that leads nowhere. */
  readonly isOpened: boolean
}

/** A directory: its entries from `find`, the contents from `head`. */
export function decodeEntries(frame: Frame, list: List, root: string): readonly Entry[] {
  const suffix = list.contentOf
  const found = decodeFound(decodeText(blobOf(frame, 0)))
  const isWanted = (one: Found): boolean =>
    suffix !== undefined && one.isOpened && one.entry.name.endsWith(suffix)
  const paths = found.filter(isWanted).map(one => `${pathOf(list)}/${one.entry.name}`)
  const contents = new ContentReader(blobOf(frame, 1), root).read(paths)
  const entries = found.map(one => withContent(one.entry, isWanted(one) ? contents.shift() : undefined))
  return entries.toSorted((a, b) => Buffer.compare(encodeText(a.name), encodeText(b.name)))
}

const withContent = (entry: Entry, content: Content | undefined): Entry =>
  content === undefined ? entry : { ...entry, content }

function decodeFound(output: string): Found[] {
  const fields = output.split('\0')
  const found: Found[] = []
  for (let at = 0; at + 3 <= fields.length; at += 3) {
    const [said = '', name = '', target = ''] = fields.slice(at, at + 3)
    const [types = '', mode = '', ...numbers] = said.split(' ')
    const type = typeOf(TYPE_LETTER[types.charAt(0)], said)
    const stat = { type, mode: Number.parseInt(mode, 8), ...decodeNumbers(numbers) }
    const entry = type === 'symlink' ? { name, stat, target } : { name, stat }
    found.push({ entry, isOpened: 'fNL?'.includes(types.charAt(1)) })
  }
  return found
}

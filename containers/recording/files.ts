import { createHash } from 'node:crypto'
import type { ContentRecord, FileLine } from '../../src/format/image.ts'
import { type Collected, rowsOf } from './sections.ts'

/** What an image says of the files: all of them, and the content of some. */
export interface FilesRecord {
  readonly files: readonly FileLine[]
  readonly content: Readonly<Record<string, ContentRecord>>
}

/** One file as `find -printf '%y %m %U %G %T@ %s %D %i %n %p'` and `%l` have it; paths are bytes read as Latin-1. */
interface Found {
  readonly type: string
  readonly mode: string
  readonly owner: string
  readonly mtime: number
  readonly size: string
  readonly inode: string
  readonly isLinked: boolean
  readonly path: string
  readonly target: string
}

const TYPES: Readonly<Record<string, string>> = { f: '-', d: 'd', l: 'l', c: 'c', b: 'b', p: 'p', s: 's' }

const MAX_CONTENT_BYTES = 64 * 1024

/** Module indexes and what dpkg knows are bigger, and nothing can be looked up without them. */
const MAX_INDEX_BYTES = 512 * 1024
const INDEXES = /\/modules\.|^\/var\/lib\/dpkg\//

/** The image's lines, sorted bytewise, with the content that is text and not secret. */
export function recordFiles(collected: Collected): FilesRecord {
  const numbers = new Map(
    rowsOf(collected.optionalText('devices-numbers') ?? '', 2).map(([path, hex]) => [path, hex]),
  )
  const found = new Map(
    rowsOf(collected.text('files'), 2)
      .map(row => parseFound(row))
      .map(file => [file.path, file]),
  )
  const content: Record<string, ContentRecord> = {}
  const firstLinks = new Map<string, string>()
  const files = [...found.values()]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(file => {
      const size = numbers.has(file.path) ? deviceNumber(numbers.get(file.path)) : file.size
      const name =
        file.type === 'l' ? `${escapePath(file.path)} -> ${escapePath(file.target)}` : escapePath(file.path)
      const line = [file.type, file.mode, file.owner, file.mtime, size, digestOf(file), name]
      return line.join(' ')
    })
  return { files, content: sorted(content) }

  function digestOf(file: Found): string {
    if (file.type !== '-') return '-'
    const first = file.isLinked ? firstLinks.get(file.inode) : undefined
    if (first !== undefined) return `=${escapePath(first)}`
    if (file.isLinked) firstLinks.set(file.inode, file.path)
    const text = textOf(file, collected)
    if (text === undefined) return '-'
    const digest = createHash('sha256').update(text).digest('hex').slice(0, 32)
    content[digest] = text
    return digest
  }
}

function parseFound([line = '', target = '']: readonly string[]): Found {
  const match = /^(.) (\d+) (\d+ \d+) (-?\d+)\.\d+ (\d+) (\d+) (\d+) (\d+) (.*)$/s.exec(line)
  const [, kind = '', mode = '', owner = '', mtime = '', size = '', device, inode, links, path = ''] =
    match ?? []
  const type = TYPES[kind]
  if (type === undefined) throw new Error(`not a line of find: ${line}`)
  return {
    type,
    mode: mode.padStart(4, '0'),
    owner,
    mtime: Number(mtime),
    size,
    inode: `${device}:${inode}`,
    isLinked: type === '-' && Number(links) > 1,
    path,
    target,
  }
}

/** Two hexadecimal numbers of `stat -c %t:%T`, as decimal ones. */
function deviceNumber(hex = ''): string {
  return hex
    .split(':')
    .map(number => Number.parseInt(number, 16))
    .join(':')
}

/** The text of a file that was taken whole, unless it is too big, not text, or a private key. */
function textOf(file: Found, collected: Collected): string | undefined {
  if (file.size === '0') return ''
  const bytes = collected.content(Buffer.from(file.path, 'latin1').toString('utf8'))
  const limit = INDEXES.test(file.path) ? MAX_INDEX_BYTES : MAX_CONTENT_BYTES
  if (bytes === undefined || bytes.length > limit || String(bytes.length) !== file.size) return undefined
  const text = decode(bytes)
  return text?.includes('\0') || text?.includes('PRIVATE KEY-----') ? undefined : text
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** A path's bytes (as Latin-1) in the words of a `FileLine`. */
export function escapePath(latin1: string): string {
  const text = decode(Buffer.from(latin1, 'latin1'))
  const plain = text ?? latin1
  const special = text === undefined ? /[\0-\x20\\\x7f-\xff]/g : /[\0-\x20\\\x7f]/g
  return plain.replace(special, character => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}

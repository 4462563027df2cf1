import type { FileLine } from '../../src/format/image.ts'
import { concatBytes, decodeText, encodeText } from '../../src/host/surrogate-escape.ts'
import type { ContentId } from '../fs/bytes.ts'

/** One path of an image. */
export interface ParsedLine {
  readonly type: 'file' | 'directory' | 'symlink' | 'char-device' | 'block-device' | 'fifo' | 'socket'
  readonly path: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtimeSeconds: number
  readonly sizeBytes: number
  /** Of a regular file; `-` where it was not taken. */
  readonly digest: ContentId
  /** The first name of a hard link. */
  readonly linkTo?: string
  readonly target: string
  readonly major: number
  readonly minor: number
}

const TYPES = new Map<string, ParsedLine['type']>([
  ['-', 'file'],
  ['d', 'directory'],
  ['l', 'symlink'],
  ['c', 'char-device'],
  ['b', 'block-device'],
  ['p', 'fifo'],
  ['s', 'socket'],
])

const FIELDS = /^(\S) (\d+) (\d+) (\d+) (\S+) (\S+) (\S+) (\S+)(?: -> (.*))?$/s

/** One line of `Image.files`. */
export function parseFileLine(line: FileLine): ParsedLine {
  const fields = FIELDS.exec(line)
  const [, letter = '', mode = '', uid, gid, mtime, size = '', digest = '', path = '', target = ''] =
    fields ?? []
  const type = TYPES.get(letter)
  if (type === undefined) throw new Error(`not a line of an image's files: ${line}`)
  const [major, minor] = size.includes(':') ? size.split(':') : ['0', '0']
  return {
    type,
    path: unescapePath(path),
    mode: Number.parseInt(mode, 8),
    uid: Number(uid),
    gid: Number(gid),
    mtimeSeconds: Number(mtime),
    sizeBytes: type === 'file' ? Number(size) : 0,
    digest,
    ...(digest.startsWith('=') ? { linkTo: unescapePath(digest.slice(1)) } : {}),
    target: unescapePath(target),
    major: Number(major),
    minor: Number(minor),
  }
}

const unescapePath = (text: string): string =>
  text.includes('\\x')
    ? decodeText(
        concatBytes(
          text
            .split(/\\x([0-9a-f]{2})/)
            .map((part, index) =>
              index % 2 === 0 ? encodeText(part) : Uint8Array.of(Number.parseInt(part, 16)),
            ),
        ),
      )
    : text

import { Unsimulated } from '../../src/host/host.ts'

/** How od(1) writes so many bytes. */
export interface Cell {
  readonly size: number
  readonly width: number
  /** The `z` behind a type: the printable characters at the end of a line. */
  readonly isShowingText: boolean
  format(item: Uint8Array): string
}

/** Field widths of numbers by type and size: what the greatest one takes (bytes_to_*_digits of od.c). */
const WIDTHS: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  o: { 1: 3, 2: 6, 4: 11, 8: 22 },
  d: { 1: 4, 2: 6, 4: 11, 8: 20 },
  u: { 1: 3, 2: 5, 4: 10, 8: 20 },
  x: { 1: 2, 2: 4, 4: 8, 8: 16 },
}

const SIZES: Readonly<Record<string, number>> = { C: 1, S: 2, I: 4, L: 8 }

const NAMED =
  'nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp'.split(
    ' ',
  )

const ESCAPED: Readonly<Record<number, string>> = {
  0: '\\0',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
}

/** The type of -t; what od says of one that there is not. */
export function cellOf(type: string): Cell | string {
  const match = /^([acdouxf])([1248CSIL]?)(z?)$/.exec(type)
  if (match === null) {
    if (/^[acdouxf]/.test(type)) throw new Unsimulated('od', `the type ${type}`)
    return `invalid character '${type.charAt(0)}' in type string`
  }
  const [, kind = '', size = '', z = ''] = match
  if (kind === 'f') throw new Unsimulated('od', `the type ${type}`)
  const isShowingText = z !== ''
  if (kind === 'a' || kind === 'c')
    return {
      size: 1,
      width: 3,
      isShowingText,
      format: item => (kind === 'a' ? named : escaped)(item[0] ?? 0),
    }
  const bytes = SIZES[size] ?? (size === '' ? 4 : Number(size))
  return {
    size: bytes,
    width: WIDTHS[kind]?.[bytes] ?? 0,
    isShowingText,
    format: item => number(kind, item),
  }
}

function named(byte: number): string {
  const code = byte & 0x7f
  return code === 127 ? 'del' : (NAMED[code] ?? String.fromCharCode(code))
}

const escaped = (byte: number): string =>
  ESCAPED[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte.toString(8).padStart(3, '0'))

/** Little-endian, as on x86. */
function number(kind: string, item: Uint8Array): string {
  let value = 0n
  for (const byte of [...item].reverse()) value = (value << 8n) | BigInt(byte)
  const width = WIDTHS[kind]?.[item.length] ?? 0
  if (kind === 'd') return BigInt.asIntN(item.length * 8, value).toString()
  if (kind === 'u') return value.toString()
  return value.toString(kind === 'o' ? 8 : 16).padStart(width, '0')
}

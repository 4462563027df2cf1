import { decodeText } from '../../src/host/surrogate-escape.ts'

export interface EscapeOptions {
  /** dash knows no `\x` and no `\u`. */
  readonly isDash?: boolean
  /** Octal as `\0nnn` only (`echo`, `%b`), else as `\nnn` (a format). */
  readonly isZeroOctal?: boolean
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
}

/** Expands backslash escapes; `\c` ends the text and all that would follow it. */
export function expandEscapes(
  text: string,
  options: EscapeOptions = {},
): { text: string; isStopped: boolean } {
  let out = ''
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (char !== '\\' || at === text.length - 1) {
      out += char
      continue
    }
    const rest = text.slice(at + 1)
    if (rest.startsWith('c') && options.isZeroOctal !== false) return { text: out, isStopped: true }
    const numeric = numberEscape(rest, options)
    if (numeric !== undefined) {
      out += numeric.text
      at += numeric.length
      continue
    }
    const simple = SIMPLE[rest.charAt(0)] ?? (rest.startsWith('e') ? '\x1b' : undefined)
    out += simple ?? `\\${rest.charAt(0)}`
    at++
  }
  return { text: out, isStopped: false }
}

function numberEscape(rest: string, options: EscapeOptions): { text: string; length: number } | undefined {
  const octal = (options.isZeroOctal ? /^0[0-7]{0,3}/ : /^[0-7]{1,3}/).exec(rest)
  if (octal !== null) return { text: byte(Number.parseInt(octal[0], 8)), length: octal[0].length }
  if (options.isDash) return undefined
  const hex = /^x([0-9a-fA-F]{1,2})/.exec(rest)
  if (hex !== null) return { text: byte(Number.parseInt(hex[1] ?? '0', 16)), length: hex[0].length }
  const unicode = /^(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8}))/.exec(rest)
  if (unicode === null) return undefined
  const code = Number.parseInt(unicode[1] ?? unicode[2] ?? '0', 16)
  return {
    text: code < 0x80 ? String.fromCharCode(code) : String.fromCodePoint(code),
    length: unicode[0].length,
  }
}

const byte = (value: number): string =>
  (value & 0xff) < 0x80 ? String.fromCharCode(value & 0xff) : decodeText(Uint8Array.of(value & 0xff))

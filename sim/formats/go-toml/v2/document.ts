import { decodeText, encodeText } from '../../../../src/host/surrogate-escape.ts'
import { GoError } from '../go-error.ts'

/** A refusal with its place: go-toml's `DecodeError`. The message is what stands after `toml: `. */
export class DecodeError extends GoError {
  /** Where in the document, in bytes. */
  readonly offset: number

  constructor(message: string, offset: number) {
    super(`toml: ${message}`)
    this.offset = offset
  }
}

/** 1-based row and column, in bytes. */
export function positionAt(document: string, offset: number): { row: number; column: number } {
  const before = document.slice(0, offset)
  return { row: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

/** A text as the library sees it: a character for each of its bytes. */
export const toBytes = (text: string): string =>
  Array.from(encodeText(text), byte => String.fromCharCode(byte)).join('')

/** The text of bytes. */
export const fromBytes = (bytes: string): string =>
  /^[\x00-\x7f]*$/.test(bytes) ? bytes : decodeText(Uint8Array.from(bytes, byte => byte.charCodeAt(0)))

/** `%#U` of a byte: `U+0064 'd'`, or the code alone of what cannot be printed. */
export function showByte(byte: string): string {
  const code = byte.charCodeAt(0)
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  return /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(byte) ? name : `${name} '${byte}'`
}

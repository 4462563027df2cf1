import { Unsimulated } from '../../../src/host/host.ts'
import { encodeText } from '../../../src/host/surrogate-escape.ts'
import type { MawkRelease } from './release.ts'

/** Input that looks like a number: compared as one with numbers and its like, else as the text that it is. */
export class StrNum {
  readonly text: string
  readonly number: number

  constructor(text: string, number: number) {
    this.text = text
    this.number = number
  }
}

/** A value of awk; undefined is a variable that was never set. Strings are bytes, one character each. */
export type Value = number | string | StrNum | undefined

const LOOKS_NUMERIC = /^[ \t\n\v\f\r]*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[ \t\n\v\f\r]*$/

/** What a field, an element of split() or a line of getline is (check_strnum() of cast.c). */
export function inputValue(text: string): string | StrNum {
  if (!LOOKS_NUMERIC.test(text)) return text
  const number = Number(text)
  return Number.isFinite(number) ? new StrNum(text, number) : text
}

/** strtod(3), of as much as is a number. */
export function toNumber(value: Value, release: MawkRelease): number {
  if (typeof value === 'number') return value
  if (value === undefined) return 0
  if (value instanceof StrNum) return value.number
  if (!release.isDecimalOnly && /^\s*[-+]?(?:0[xX][0-9a-fA-F.]|inf|nan)/i.test(value)) return oddNumber(value)
  const text = /^[ \t\n\v\f\r]*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(value)?.[1]
  return text === undefined ? 0 : Number(text)
}

function oddNumber(text: string): number {
  const [, sign = '', hex, digits = '', next = ''] = /^\s*([-+]?)(0[xX])?([0-9a-fA-F]*)(.?)/.exec(text) ?? []
  const factor = sign === '-' ? -1 : 1
  if (hex !== undefined && digits !== '' && !/[.pP]/.test(next)) return factor * Number.parseInt(digits, 16)
  if (/^\s*[-+]?inf/i.test(text)) return factor * Number.POSITIVE_INFINITY
  throw new Unsimulated('awk', `the number ${text}`)
}

/** A number as text: whole ones as they are, others by CONVFMT or OFMT. */
export function numberText(number: number, format: (value: number) => string, release: MawkRelease): string {
  if (Number.isNaN(number)) return '-nan'
  if (!Number.isFinite(number)) return `${number < 0 ? '-' : release.hasSignedInfinity ? '+' : ''}inf`
  const limit = release.hasLongIntegers ? 2 ** 64 : 2 ** 31 - 1
  const least = release.hasLongIntegers ? -(2 ** 63) : -limit
  if (Number.isInteger(number) && number >= least && number <= limit) return BigInt(number).toString()
  return format(number)
}

/** Whether a value counts as true. */
export function isTrue(value: Value): boolean {
  if (typeof value === 'number') return value !== 0
  return value instanceof StrNum ? value.number !== 0 : value !== undefined && value !== ''
}

/** Bytes as a string of one character each. */
export const bytesText = (bytes: Uint8Array): string => {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return text
}

/** And back. */
export const textBytes = (text: string): Uint8Array => Uint8Array.from(text, char => char.charCodeAt(0))

/** The bytes of an argument or a variable of the environment. */
export const argumentText = (text: string): string =>
  /^[\x00-\x7f]*$/.test(text) ? text : bytesText(encodeText(text))

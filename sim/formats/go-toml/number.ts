import { Unsimulated } from '../../../src/host/host.ts'
import { GoError } from './go-error.ts'
import type { GoTomlRelease } from './parser.ts'

const BASES: Readonly<Record<string, { digits: RegExp; isHex?: true }>> = {
  x: { digits: /^[0-9a-fA-F]+$/, isHex: true },
  o: { digits: /^[0-7]+$/ },
  b: { digits: /^[01]+$/ },
}

/** An int64 as parser.go reads an integer token. */
export function parseInteger(token: string, release: GoTomlRelease): bigint {
  const clean = token.replaceAll('_', '')
  const prefix = clean.length >= 3 && clean.startsWith('0') ? (clean[1] ?? '') : undefined
  const base = prefix === undefined ? undefined : BASES[prefix]
  if (prefix !== undefined && base === undefined) throw new GoError('invalid base')
  checkUnderscores(token, base?.isHex === true)
  const digits = base === undefined ? clean : clean.slice(2)
  if (!(base?.digits ?? /^[+-]?[0-9]+$/).test(digits)) throw syntaxError('ParseInt', digits)
  const value = base === undefined ? decimal(digits) : BigInt(clean)
  if (BigInt.asIntN(64, value) === value) return value
  // 1.9.5 tries a uint64 next, unless there is a minus.
  if (release === '1.9.4' || value < 0n) throw rangeError('ParseInt', digits)
  if (BigInt.asUintN(64, value) !== value) throw rangeError('ParseUint', digits)
  throw new Unsimulated('containerd', `the integer ${token}, which fits a uint64 only`)
}

const decimal = (digits: string): bigint =>
  digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits.replace('+', ''))

/** A float64 as parser.go reads a float token. */
export function parseFloat64(token: string): number {
  checkUnderscores(token, false)
  const clean = token.replaceAll('_', '')
  if (!/^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(clean)) throw syntaxError('ParseFloat', clean)
  const value = Number(clean)
  if (!Number.isFinite(value)) throw rangeError('ParseFloat', clean)
  return value
}

function checkUnderscores(token: string, isHex: boolean): void {
  const digit = isHex ? '[0-9a-fA-F]' : '[0-9]'
  const isBad = token.endsWith('_') || new RegExp(`(?<!${digit})_`).test(token)
  if (isBad) throw new GoError(`invalid use of _ in ${isHex ? 'hex ' : ''}number`)
}

const syntaxError = (name: string, text: string): GoError =>
  new GoError(`strconv.${name}: parsing "${text}": invalid syntax`)

const rangeError = (name: string, text: string): GoError =>
  new GoError(`strconv.${name}: parsing "${text}": value out of range`)

/**
 * A float64 as tomltree_write.go prints it: the shortest decimal that gives the same float32 where a float32 can hold
 * it, the same float64 otherwise; never with an exponent.
 */
export function formatTomlFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : '+inf'
  if (Math.trunc(value) === value)
    return `${BigInt(value)}.0`.replace(/^0\.0$/, Object.is(value, -0) ? '-0.0' : '0.0')
  return plain(Math.fround(value) === value ? shortestFloat32(value) : String(value))
}

function shortestFloat32(value: number): string {
  for (let digits = 1; digits <= 9; digits++) {
    const text = value.toPrecision(digits)
    if (Math.fround(Number(text)) === value) return String(Number(text))
  }
  return String(value)
}

/** Without the exponent that JavaScript writes below 1e-6. */
function plain(text: string): string {
  const match = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(text)
  if (match === null) return text
  const [, sign = '', first = '', rest = '', exponent = ''] = match
  return `${sign}0.${'0'.repeat(Number(exponent) - 1)}${first}${rest}`
}

import { Unsimulated } from '../../../src/host/host.ts'
import { AwkFailure } from '../../formats/awk/failure.ts'
import { formatPrintf } from '../../shell/printf-format.ts'
import type { MawkRelease } from './release.ts'
import { StrNum, toNumber, type Value } from './value.ts'

/** What printf and sprintf need of the program that runs. */
export interface PrintfContext {
  readonly who: 'printf' | 'sprintf'
  readonly release: MawkRelease
  readonly text: (value: Value) => string
}

const CONVERSION = /%([-+ #0']*)(\*|\d+)?(?:(\.)(\*|\d+)?)?([lh]*)([\s\S]?)/y

/** printf of awk (do_printf() of print.c); a NUL ends the format. */
export function formatAwk(given: string, args: readonly Value[], context: PrintfContext): string {
  const [format = ''] = given.split('\0')
  const rest = [...args]
  let out = ''
  let count = 0
  for (let at = 0; at < format.length; ) {
    const percent = format.indexOf('%', at)
    if (percent < 0) return out + format.slice(at)
    out += format.slice(at, percent)
    count++
    if (format.charAt(percent + 1) === '%') {
      out += '%'
      at = percent + 2
      continue
    }
    CONVERSION.lastIndex = percent
    const match = CONVERSION.exec(format)
    if (match === null) return out
    at = CONVERSION.lastIndex
    out += convert(match, rest, { ...context, format, count })
  }
  return out
}

interface Conversion extends PrintfContext {
  readonly format: string
  readonly count: number
}

function convert(match: RegExpExecArray, rest: Value[], context: Conversion): string {
  const [, flags = '', widthText = '', dot, precisionText = '', length = '', type = ''] = match
  const { release, who, format } = context
  const star = (text: string): number =>
    text === '*' ? Math.trunc(toNumber(rest.shift(), release)) : Number(text)
  const width = widthText === '' ? 0 : star(widthText)
  const precision = dot === undefined ? undefined : star(precisionText)
  if (rest.length === 0) throw new AwkFailure(`not enough arguments passed to ${who}("${format}")`, true)
  const value = rest.shift()
  if (!/[diouxXcsfeEgG]/.test(type) || type === '' || (length !== '' && !/[dioxXu]/.test(type)))
    throw new AwkFailure(`improper conversion(number ${context.count}) in ${who}("${format}")`, true)
  if (length !== '' || flags.includes("'")) throw new Unsimulated('awk', `the conversion ${match[0]}`)
  const layout = { flags: width < 0 ? `${flags}-` : flags, width: Math.abs(width), precision }
  if (type === 'c') return pad(character(value), layout)
  if (type === 's') return pad(context.text(value).slice(0, precision), layout)
  const number = toNumber(value, release)
  return /[fgeEG]/.test(type) ? float(number, type, layout) : whole(number, type, layout, release)
}

interface Layout {
  readonly flags: string
  readonly width: number
  readonly precision: number | undefined
}

const pad = (text: string, { flags, width }: Layout): string =>
  flags.includes('-') ? text.padEnd(width) : text.padStart(width)

function character(value: Value): string {
  if (value === undefined) return '\0'
  if (typeof value === 'string') return value === '' ? '\0' : value.charAt(0)
  const code = value instanceof StrNum ? value.number : value
  return String.fromCharCode(Math.trunc(code) & 0xff)
}

/** What is left to printf(3), with the number as text. */
function byLibrary(text: string, type: string, { flags, width, precision }: Layout): string {
  const directive = `%${flags}${width === 0 ? '' : width}${precision === undefined || precision < 0 ? '' : `.${precision}`}${type}`
  return formatPrintf(directive, [text], LIBRARY).text
}

const LIBRARY = {
  name: 'coreutils' as const,
  complainNumber: (text: string) => {
    throw new TypeError(`no number: ${text}`)
  },
  invalidDirective: (directive: string) => {
    throw new TypeError(`no directive: ${directive}`)
  },
}

function float(number: number, type: string, layout: Layout): string {
  if (Number.isFinite(number)) return byLibrary(numeral(number), type, layout)
  if (Number.isNaN(number) || layout.flags.includes('+'))
    throw new Unsimulated('awk', `%${type} of ${number}`)
  return pad(number < 0 ? '-inf' : 'inf', layout)
}

const numeral = (number: number): string => (Object.is(number, -0) ? '-0' : String(number))

function whole(number: number, type: string, layout: Layout, release: MawkRelease): string {
  if (!Number.isFinite(number)) throw new Unsimulated('awk', `%${type} of ${number}`)
  const truncated = Math.trunc(number)
  const [least, most] = release.hasLongIntegers
    ? [-(2 ** 63), 2 ** 63 - 1024]
    : [-(2 ** 31 - 1), /[di]/.test(type) ? 2 ** 31 - 1 : 2 ** 32 - 1]
  if (release.hasLongIntegers && (truncated < least || truncated > most))
    throw new Unsimulated('awk', `%${type} of ${number}`)
  if (!/[di]/.test(type) && truncated < 0) throw new Unsimulated('awk', `%${type} of ${number}`)
  const clamped = Math.min(Math.max(truncated, least), most)
  return byLibrary(BigInt(clamped).toString(), type, layout)
}

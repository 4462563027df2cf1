import { expandEscapes } from './escapes.ts'

/** How the three printfs differ: bash's, dash's, and coreutils'. */
export interface PrintfDialect {
  readonly name: 'bash' | 'dash' | 'coreutils'
  /** A number that is none: the rest of the format goes on, the status is 1. */
  complainNumber(text: string, isPartial: boolean): void
  /** A directive that is none: the words, after which nothing more is printed. */
  invalidDirective(directive: string): void
  /** `%q`, where there is one. */
  quote?(text: string): string
  /** `%(format)T`, where there is one. */
  formatTime?(format: string, argument: string | undefined): string
}

export interface Printed {
  readonly text: string
  readonly exitCode: number
}

/** dash knows no lengths. */
const DASH_DIRECTIVE = /^%([-+ 0#']*)(\*|\d+)?(?:\.(\*|-?\d+)?)?()()([\s\S]?)/

const DIRECTIVE = /^%([-+ 0#']*)(\*|\d+)?(?:\.(\*|-?\d+)?)?(?:\(([^)]*)\))?([hlLjzt]*)([\s\S]?)/

/** Formats as printf(1) does: the format is used again until the arguments are used up. */
export function formatPrintf(format: string, args: readonly string[], dialect: PrintfDialect): Printed {
  return new Formatter(format, args, dialect).run()
}

class Formatter {
  readonly #format: string
  readonly #args: string[]
  readonly #dialect: PrintfDialect
  #out = ''
  #exitCode = 0
  #isStopped = false
  #hasTaken = false

  constructor(format: string, args: readonly string[], dialect: PrintfDialect) {
    this.#format = format
    this.#args = [...args]
    this.#dialect = dialect
  }

  run(): Printed {
    do {
      this.#hasTaken = false
      this.#once()
    } while (!this.#isStopped && this.#hasTaken && this.#args.length > 0)
    return { text: this.#out, exitCode: this.#exitCode }
  }

  #once(): void {
    for (let at = 0; at < this.#format.length && !this.#isStopped; ) {
      const rest = this.#format.slice(at)
      const literal = /^[^%]+|^%%/.exec(rest)?.[0]
      if (literal !== undefined) {
        this.#literal(literal === '%%' ? '%' : literal)
        at += literal.length
        continue
      }
      const match = (this.#dialect.name === 'dash' ? DASH_DIRECTIVE : DIRECTIVE).exec(rest)
      if (match === null) return
      this.#directive(match)
      at += match[0].length
    }
  }

  #literal(text: string): void {
    const isDash = this.#dialect.name === 'dash'
    const { text: expanded, isStopped } = expandEscapes(text.replace(/\\"/g, '"'), { isDash })
    this.#out += expanded
    if (isStopped) this.#isStopped = true
  }

  #take(): string | undefined {
    this.#hasTaken = true
    return this.#args.shift()
  }

  #directive(match: RegExpExecArray): void {
    const [whole, flags = '', width = '', , time = '', , conversion = ''] = match
    const precision = whole.includes('.') ? (match[3] ?? '0') : undefined
    const widthNumber = width === '*' ? this.#integerOf(this.#take()) : width === '' ? 0n : BigInt(width)
    const precisionNumber =
      precision === undefined
        ? undefined
        : Number(precision === '*' ? this.#integerOf(this.#take()) : precision)
    const layout = {
      flags: widthNumber < 0n ? `${flags}-` : flags,
      width: Number(widthNumber < 0n ? -widthNumber : widthNumber),
      precision: precisionNumber === undefined || precisionNumber < 0 ? undefined : precisionNumber,
    }
    if (whole.includes('(') && conversion === 'T' && this.#dialect.formatTime !== undefined) {
      this.#out += pad(this.#dialect.formatTime(time, this.#take()), layout)
      return
    }
    const formatted = time === '' ? this.#convert(conversion, layout) : undefined
    if (formatted !== undefined) this.#out += formatted
    else {
      this.#dialect.invalidDirective(whole)
      this.#exitCode = this.#dialect.name === 'dash' ? 2 : 1
      this.#isStopped = true
    }
  }

  #convert(conversion: string, layout: Layout): string | undefined {
    switch (conversion) {
      case 's':
        return pad(cut(this.#take() ?? '', layout), layout)
      case 'q':
        return this.#dialect.quote === undefined
          ? undefined
          : pad(this.#dialect.quote(this.#take() ?? ''), layout)
      case 'c':
        return pad((this.#take() ?? '').slice(0, 1), layout)
      case 'b': {
        const { text, isStopped } = expandEscapes(this.#take() ?? '', {
          isZeroOctal: true,
          isDash: this.#dialect.name === 'dash',
        })
        if (isStopped) this.#isStopped = true
        return pad(cut(text, layout), layout)
      }
      case 'd':
      case 'i':
        return integer(this.#integerOf(this.#take()), layout)
      case 'u':
      case 'o':
      case 'x':
      case 'X':
        return unsigned(this.#integerOf(this.#take()), conversion, layout)
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
        return floating(this.#numberOf(this.#take()), conversion, layout)
      default:
        return undefined
    }
  }

  #integerOf(text: string | undefined): bigint {
    if (text === undefined || text === '') {
      if (text === '' && this.#dialect.name !== 'bash') return this.#badNumber(text, false)
      return 0n
    }
    if (/^["']/.test(text)) return BigInt(text.codePointAt(1) ?? 0)
    const [number = '', sign = '', digits = ''] =
      /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text) ?? []
    if (number === '') return this.#badNumber(text, false)
    const value = /^0\d/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits)
    if (number.length < text.length) this.#badNumber(text, true)
    return sign === '-' ? -value : value
  }

  #badNumber(text: string, isPartial: boolean): bigint {
    this.#dialect.complainNumber(text, isPartial)
    this.#exitCode = 1
    return 0n
  }

  #numberOf(text: string | undefined): number {
    if (text === undefined || text === '') return 0
    if (/^["']/.test(text)) return text.codePointAt(1) ?? 0
    const number = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(text)?.[0] ?? ''
    if (number.length < text.length) this.#badNumber(text, number !== '')
    return Number(number)
  }
}

interface Layout {
  readonly flags: string
  readonly width: number
  readonly precision: number | undefined
}

function pad(text: string, { flags, width }: Layout): string {
  return flags.includes('-') ? text.padEnd(width) : text.padStart(width)
}

const cut = (text: string, { precision }: Layout): string =>
  precision === undefined ? text : text.slice(0, precision)

function signed(isNegative: boolean, flags: string): string {
  return isNegative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
}

function padNumber(sign: string, digits: string, layout: Layout): string {
  const { flags, width, precision } = layout
  const isZeroPadded = flags.includes('0') && !flags.includes('-') && precision === undefined
  return isZeroPadded ? sign + digits.padStart(width - sign.length, '0') : pad(sign + digits, layout)
}

function integer(value: bigint, layout: Layout): string {
  const digits = (value < 0n ? -value : value).toString().padStart(layout.precision ?? 1, '0')
  return padNumber(signed(value < 0n, layout.flags), digits, layout)
}

const BASES: Readonly<Record<string, number>> = { u: 10, o: 8, x: 16, X: 16 }

function unsigned(value: bigint, conversion: string, layout: Layout): string {
  const positive = BigInt.asUintN(64, value)
  const digits = positive.toString(BASES[conversion]).padStart(layout.precision ?? 1, '0')
  const isAlternate = layout.flags.includes('#') && positive !== 0n
  const prefix = !isAlternate || conversion === 'u' ? '' : conversion === 'o' ? '0' : '0x'
  const text = padNumber(prefix, digits, layout)
  return conversion === 'X' ? text.toUpperCase() : text
}

function floating(value: number, conversion: string, layout: Layout): string {
  const precision = layout.precision ?? 6
  const magnitude = Math.abs(value)
  const digits = /f/i.test(conversion)
    ? fixed(magnitude, precision)
    : /e/i.test(conversion)
      ? exponent(magnitude, precision)
      : general(magnitude, precision)
  const text = padNumber(signed(value < 0 || Object.is(value, -0), layout.flags), digits, {
    ...layout,
    precision: undefined,
  })
  return /[EFG]/.test(conversion) ? text.toUpperCase() : text
}

/** Halves go to even, as printf(3) rounds what is exactly in the middle. */
function fixed(value: number, precision: number): string {
  const text = value.toFixed(precision)
  const scaled = value * 10 ** precision
  if (precision > 15 || scaled % 1 !== 0.5) return text
  const lower = Math.floor(scaled)
  return ((lower % 2 === 0 ? lower : lower + 1) / 10 ** precision).toFixed(precision)
}

const exponent = (value: number, precision: number): string =>
  roundedToEven(value, precision).replace(/e([-+])(\d)$/, 'e$10$2')

/** As `toExponential`, which rounds up what lies exactly in the middle. */
function roundedToEven(value: number, precision: number): string {
  const [digits = '', power] = value.toExponential(Math.min(precision + 40, 100)).split('e')
  const kept = precision === 0 ? digits.slice(0, 1) : digits.slice(0, precision + 2)
  const rest = digits.slice(kept.length).replace('.', '')
  return /^50*$/.test(rest) && /[02468]$/.test(kept) ? `${kept}e${power}` : value.toExponential(precision)
}

function general(value: number, precision: number): string {
  const digits = Math.max(precision, 1)
  if (value === 0) return '0'
  const power = Number(roundedToEven(value, digits - 1).split('e')[1])
  const text =
    power < -4 || power >= digits
      ? exponent(value, digits - 1)
      : fixed(value, Math.max(digits - 1 - power, 0))
  return text.includes('.') ? text.replace(/\.?0+(e|$)/, '$1') : text
}

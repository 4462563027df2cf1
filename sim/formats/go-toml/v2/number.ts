import { showByte } from './document.ts'
import type { Scanner } from './scanner.ts'
import type { Value } from './syntax.ts'

/** A number where a sign or a digit stands (`scanIntOrFloat`). */
export function takeNumber(scanner: Scanner): Value {
  const offset = scanner.at
  const kind = takeDigits(scanner)
  return { kind, text: scanner.document.slice(offset, scanner.at), offset }
}

function takeDigits(scanner: Scanner): 'Integer' | 'Float' {
  const start = scanner.at
  const hasSign = scanner.peek() === '+' || scanner.peek() === '-'
  if (hasSign) scanner.at++
  const first = scanner.peek()
  if (first === '') scanner.fail('expected number after sign', start)
  if (first === 'i' || first === 'n') {
    const word = first === 'i' ? 'inf' : 'nan'
    if (!scanner.follows(word)) scanner.fail(`expected "${word}"`)
    scanner.at += 3
    return 'Float'
  }
  if (!/[0-9]/.test(first)) scanner.fail(`expected digit but got ${showByte(first)}`)
  const radix = first === '0' ? RADIX[scanner.peek(1)] : undefined
  if (radix !== undefined) {
    if (hasSign) scanner.fail('sign is not allowed on numbers with a radix prefix', start)
    scanner.at += 2
    if (!radix.test(scanner.peek()))
      scanner.fail('radix prefix must be followed by at least one digit', start)
    takeRun(scanner, radix)
    return 'Integer'
  }
  return takeDecimal(scanner)
}

const RADIX: Readonly<Record<string, RegExp>> = { x: /[0-9a-fA-F]/, o: /[0-7]/, b: /[01]/ }

function takeDecimal(scanner: Scanner): 'Integer' | 'Float' {
  const start = scanner.at
  takeRun(scanner, /[0-9]/)
  if (scanner.document[start] === '0' && scanner.at > start + 1) {
    scanner.fail('integers cannot have leading zeroes', start)
  }
  let kind: 'Integer' | 'Float' = 'Integer'
  if (scanner.peek() === '.') {
    scanner.at++
    if (!/[0-9]/.test(scanner.peek())) scanner.fail('decimal point must be followed by a digit')
    takeRun(scanner, /[0-9]/)
    kind = 'Float'
  }
  if (/[eE]/.test(scanner.peek())) {
    scanner.at += /[+-]/.test(scanner.peek(1)) ? 2 : 1
    if (!/[0-9]/.test(scanner.peek())) scanner.fail('exponent must contain at least one digit')
    takeRun(scanner, /[0-9]/)
    kind = 'Float'
  }
  if (/[a-zA-Z]/.test(scanner.peek())) scanner.fail('strings must be quoted')
  return kind
}

function takeRun(scanner: Scanner, digit: RegExp): void {
  while (scanner.peek() !== '' && /[0-9a-fA-F_]/.test(scanner.peek())) {
    if (digit.test(scanner.peek())) scanner.at++
    else if (scanner.peek() !== '_') return
    else if (digit.test(scanner.peek(1))) scanner.at += 2
    else scanner.fail('number must have at least one digit between underscores')
  }
}

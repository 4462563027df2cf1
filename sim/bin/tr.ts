import { Unsimulated } from '../../src/host/host.ts'
import { encodeText } from '../../src/host/surrogate-escape.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { complain } from './coreutils.ts'
import { type ParsedOptions, program, UsageError, usageError } from './getopt.ts'
import { quote } from './quote.ts'

/** tr(1) of coreutils: bytes, whatever the locale. */
export const tr = program(
  {
    options: ['c,complement', 'C', 'd,delete', 's,squeeze-repeats'],
    unsimulated: ['t,truncate-set1'],
    isStoppingAtOperand: true,
  },
  function* (process, options): Blocking<number> {
    checkOperands(process, options)
    const [first = '', second] = options.operands
    const isDeleting = options.has('delete')
    const isSqueezing = options.has('squeeze-repeats')
    const given = bytesOf(process, first)
    const isComplement = options.has('complement') || options.has('C')
    const source = isComplement ? ALL.filter(byte => !given.includes(byte)) : given
    const target = second === undefined ? undefined : bytesOf(process, second)
    if (isComplement && target !== undefined && target.length > 1 && !isDeleting)
      throw new Unsimulated('tr', 'a complement that becomes more than one character')
    if (!isDeleting && target?.length === 0)
      return complain(process, 'when not truncating set1, string2 must be non-empty')
    const translation = isDeleting || target === undefined ? undefined : translate(source, target)
    const deleted = new Set(isDeleting ? source : [])
    const squeezed = new Set(isSqueezing ? (target ?? source) : [])
    let last = -1
    for (;;) {
      const bytes = yield* process.read(0)
      if (bytes.length === 0) return 0
      const out: number[] = []
      for (const byte of bytes) {
        if (deleted.has(byte)) continue
        const becomes = translation?.get(byte) ?? byte
        if (becomes === last && squeezed.has(becomes)) continue
        out.push(becomes)
        last = becomes
      }
      yield* process.write(1, Uint8Array.from(out))
    }
  },
)

const ALL: readonly number[] = Array.from({ length: 256 }, (_, byte) => byte)

function translate(source: readonly number[], target: readonly number[]): ReadonlyMap<number, number> {
  const last = target.at(-1) ?? 0
  return new Map(source.map((byte, index) => [byte, target[index] ?? last]))
}

function checkOperands(process: Process, options: ParsedOptions): void {
  const { operands } = options
  const isDeleting = options.has('delete')
  const isSqueezing = options.has('squeeze-repeats')
  if (operands.length === 0) throw usageError(process, 'missing operand')
  const least = isDeleting === isSqueezing ? 2 : 1
  if (operands.length < least) {
    const why = isDeleting
      ? 'Two strings must be given when both deleting and squeezing repeats.'
      : 'Two strings must be given when translating.'
    throw explained(process, `missing operand after ${quote(process, operands.at(-1) ?? '')}`, why)
  }
  const most = isDeleting && !isSqueezing ? 1 : 2
  const extra = operands[most]
  if (extra === undefined) return
  const words = `extra operand ${quote(process, extra)}`
  if (operands.length === 2)
    throw explained(process, words, 'Only one string may be given when deleting without squeezing repeats.')
  throw usageError(process, words)
}

function explained(process: Process, message: string, why: string): UsageError {
  const { text } = usageError(process, message)
  const [first, ...rest] = text.split('\n')
  return new UsageError([first, why, ...rest].join('\n'), 1)
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 }

const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /\d/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /[ \t\n\v\f\r]/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  xdigit: /[0-9A-Fa-f]/,
  print: /[ -~]/,
  graph: /[!-~]/,
}

/** The bytes of a string of tr: ranges, classes, escapes. `[x*n]` and `[=x=]` are not modelled. */
function bytesOf(process: Process, text: string): readonly number[] {
  const source = encodeText(text)
  const at = (index: number): string => String.fromCharCode(source[index] ?? 0)
  const rest = (index: number): string => String.fromCharCode(...source.subarray(index))
  const one = (index: number): readonly [byte: number, next: number] => {
    if (at(index) !== '\\' || index + 1 >= source.length) return [source[index] ?? 0, index + 1]
    const octal = /^[0-7]{1,3}/.exec(rest(index + 1))?.[0]
    if (octal !== undefined) {
      if (Number.parseInt(octal, 8) > 255) throw new Unsimulated('tr', `the escape \\${octal}`)
      return [Number.parseInt(octal, 8), index + 1 + octal.length]
    }
    return [ESCAPES[at(index + 1)] ?? source[index + 1] ?? 0, index + 2]
  }
  const bytes: number[] = []
  for (let index = 0; index < source.length; ) {
    const [whole, name] = /^\[:(\w*):\]/.exec(rest(index)) ?? []
    if (whole !== undefined) {
      const members = CLASSES[name ?? '']
      if (members === undefined) throw new UsageError(`${process.argv[0]}: ${unknownClass(name ?? '')}\n`, 1)
      bytes.push(...ALL.filter(byte => members.test(String.fromCharCode(byte))))
      index += whole.length
      continue
    }
    if (/^\[(?:=.+=\]|(?:\\.|[^\\])\*\d*\])/.test(rest(index)))
      throw new Unsimulated('tr', `the construct in ${text}`)
    const [from, next] = one(index)
    index = next
    if (at(index) !== '-' || index + 1 >= source.length) {
      bytes.push(from)
      continue
    }
    const [to, after] = one(index + 1)
    if (to < from) {
      const ends = `${String.fromCharCode(from)}-${String.fromCharCode(to)}`
      const words = `range-endpoints of '${ends}' are in reverse collating sequence order`
      throw new UsageError(`${process.argv[0]}: ${words}\n`, 1)
    }
    bytes.push(...ALL.slice(from, to + 1))
    index = after
  }
  return bytes
}

function unknownClass(name: string): string {
  if (name === '') throw new Unsimulated('tr', 'a class without a name')
  if (name === 'cntrl') throw new Unsimulated('tr', 'the class cntrl')
  return `invalid character class '${name}'`
}

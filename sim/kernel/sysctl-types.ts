import type { ErrnoName } from '../../src/host/errno.ts'
import { ERRNO, KernelError } from '../../src/host/errno.ts'
import { parseLong } from './sysctl-number.ts'
import type { SysctlRule } from './sysctl-rules.ts'

/** What an entry does with a number that is out of bounds, or with too few. */
type Outcome = ErrnoName | 'kept'

interface Bounds {
  readonly min: bigint
  readonly max: bigint
}

const rules = new Map<string, SysctlRule>()

/** The rule that an image recorded of an entry: see `SysctlRecord`. */
export function recordedRule(accepts: string): SysctlRule {
  const known = rules.get(accepts)
  if (known !== undefined) return known
  const rule = parsedRule(accepts)
  rules.set(accepts, rule)
  return rule
}

function parsedRule(accepts: string): SysctlRule {
  const [kind, first = '', second = '', ...words] = accepts.split(' ')
  if (kind === 'int') return int({ min: BigInt(first), max: BigInt(second) }, words)
  if (kind === 'vector') return vector(first === 'tab' ? '\t' : ' ', second.split(',').map(boundsOf), words)
  if (kind === 'string') return { parse: text => (text.split('\n')[0] ?? '').slice(0, Number(first)) }
  throw new RangeError(`not a type of a sysctl: ${accepts}`)
}

function int({ min, max }: Bounds, words: readonly string[]): SysctlRule {
  const [below, above] = [outcomeOf(words, 'below'), outcomeOf(words, 'above')]
  return {
    parse(text, old) {
      const value = parseLong(text)
      if (value < min) return refused(below, old)
      return value > max ? refused(above, old) : String(value)
    },
  }
}

function vector(separator: string, bounds: readonly Bounds[], words: readonly string[]): SysctlRule {
  const partial = words.some(word => word.startsWith('partial=')) ? outcomeOf(words, 'partial') : undefined
  return {
    parse(text, old) {
      const written = text.trim().split(/\s+/).slice(0, bounds.length).map(parseLong)
      if (written.some((value, at) => isOutside(value, bounds[at]))) throw new KernelError('EINVAL')
      if (written.length < bounds.length && partial !== undefined) return refused(partial, old)
      return old
        .split(/\s+/)
        .map((value, at) => String(written[at] ?? value))
        .join(separator)
    },
  }
}

const isOutside = (value: bigint, bounds: Bounds | undefined): boolean =>
  bounds !== undefined && (value < bounds.min || value > bounds.max)

function boundsOf(text: string): Bounds {
  const [min = '', max = ''] = text.split(':')
  return { min: BigInt(min), max: BigInt(max) }
}

function outcomeOf(words: readonly string[], name: string): Outcome {
  const outcome = words.find(word => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? 'EINVAL'
  if (outcome === 'kept' || isErrno(outcome)) return outcome
  throw new RangeError(`not an outcome: ${outcome}`)
}

const isErrno = (name: string): name is ErrnoName => Object.hasOwn(ERRNO, name)

function refused(outcome: Outcome, old: string): string {
  if (outcome === 'kept') return old
  throw new KernelError(outcome)
}

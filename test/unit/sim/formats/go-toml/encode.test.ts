import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeStruct } from '../../../../../sim/formats/go-toml/decode.ts'
import { showToml } from '../../../../../sim/formats/go-toml/encode.ts'
import { formatTomlFloat } from '../../../../../sim/formats/go-toml/number.ts'
import { parseToml } from '../../../../../sim/formats/go-toml/parser.ts'
import type { GoMap, GoValue, StructType } from '../../../../../sim/formats/go-toml/types.ts'

const options: StructType = {
  kind: 'struct',
  name: 'Test',
  fields: [{ name: 'Options', key: 'options', type: { kind: 'map', of: { kind: 'interface' } } }],
}

/** go-toml looks at the low 16 bits of a rune, and writes U+10000 as `\\u0000`. */
const isKept = (text: string): boolean =>
  text.isWellFormed() &&
  Array.from(text).every(rune => ((rune.codePointAt(0) ?? 0) & 0xffff) > 0x1f && rune !== '\x7f')

const key = fc.stringMatching(/^[A-Za-z0-9_.:/-]{1,12}$/)
const scalar: fc.Arbitrary<GoValue> = fc.oneof(
  fc.string({ unit: 'grapheme' }).filter(isKept),
  fc.boolean(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
)
const { table } = fc.letrec<{ table: GoMap; value: GoValue }>(tie => ({
  table: fc
    .uniqueArray(fc.tuple(key, tie('value')), { selector: ([name]) => name, maxLength: 5 })
    .map(entries => new Map(entries)),
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(scalar, { minLength: 1, maxLength: 4 }),
    tie('table'),
  ),
}))

/** A float32 is printed by as few digits as a float32 needs; zero has no sign in between. */
const rounded = (value: GoValue): GoValue => {
  if (typeof value === 'number') return Number(formatTomlFloat(value))
  if (Array.isArray(value)) return value.map(rounded)
  return value instanceof Map ? new Map([...value].map(([name, inner]) => [name, rounded(inner)])) : value
}

describe('go-toml', () => {
  it('reads what it wrote', () => {
    fc.assert(
      fc.property(table, value => {
        const text = showToml(new Map([['options', value]]))
        const decoded = decodeStruct(options, parseToml(text, '1.9.4'), new Map())
        expect(decoded.get('options')).toEqual(rounded(value))
      }),
    )
  })
})

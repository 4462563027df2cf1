import { describe, expect, it } from 'vitest'
import { arrayElements, positionAt, tomlComments, tomlEntries } from '../../../../src/config/toml-source.ts'

const paths = (text: string) => tomlEntries(text).map(entry => `${entry.kind} ${entry.path.join(' / ')}`)

describe('the places of a TOML text', () => {
  it('has headers, dotted and quoted keys, and what stands in inline tables', () => {
    const text = `a.b = 1
["x.y".'z']   # comment
"q\\u0041" = { in = { deep = "}" }, other = [1, { k = 2 }] }
[[list]]
name = 'n'
`
    expect(paths(text)).toEqual([
      'value a / b',
      'table x.y / z',
      'value x.y / z / qA',
      'value x.y / z / qA / in',
      'value x.y / z / qA / in / deep',
      'value x.y / z / qA / other',
      'value x.y / z / qA / other / 1 / k',
      'array-of-tables list',
      'value list / name',
    ])
  })

  it.each([
    '"a # b"',
    "'a \\'",
    '"""two "quotes" \\""" and \\\n more"""',
    "'''it''s'''",
    '""""quoted""""',
    '[\n  1, # one\n  [2, 3],\n]',
    '1979-05-27 07:32:00',
    '-1.5e+3',
    '{ a = "x, }", b = [ "]" ] }',
  ])('a value ends where it ends: %j', value => {
    const text = `key = ${value} # after\nnext = 1\n`
    const entry = tomlEntries(text).find(({ path }) => path.length === 1 && path[0] === 'key')
    expect(text.slice(entry?.valueStart, entry?.end)).toBe(value)
    expect(paths(text)).toContain('value next')
  })

  it('the elements of an array can be told apart', () => {
    const text = 'a = ["x, y", # one\n  \'z\', { k = 1 }]'
    const elements = arrayElements(text, 4).map(({ start, end }) => text.slice(start, end))
    expect(elements).toEqual(['"x, y"', "'z'", '{ k = 1 }'])
  })

  it('comments are found wherever they may stand, and only there', () => {
    expect(tomlComments('# a\nb = "# no" # c\nd = [ # e\n1]\n[f] # g\n')).toEqual([
      '# a',
      '# c',
      '# e',
      '# g',
    ])
  })

  it('an offset has a line and a column from 1', () => {
    expect(positionAt('ab\ncd', 0)).toEqual({ line: 1, column: 1 })
    expect(positionAt('ab\ncd', 4)).toEqual({ line: 2, column: 2 })
  })
})

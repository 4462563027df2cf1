import { expect, it } from 'vitest'
import { parseAwk } from '../../../../../sim/formats/awk/parser.ts'
import { Unsimulated } from '../../../../../src/host/host.ts'

it('a pipe into getline takes the last word alone, as in the grammar of mawk', () => {
  const [rule] = parseAwk('BEGIN { "a" "b" | getline }').rules
  expect(rule?.action).toMatchObject({
    body: [{ value: { type: 'concatenate', left: { value: 'a' }, right: { type: 'getline' } } }],
  })
})

it('a sign behind a string subtracts', () => {
  const [rule] = parseAwk('BEGIN { print 1 " " -1 }').rules
  expect(rule?.action).toMatchObject({ body: [{ args: [{ right: { type: 'arithmetic', operator: '-' } }] }] })
})

it.each(['BEGIN { print ( }', '}', 'BEGIN { nosuch(1) }', '{ print $1', 'BEGIN { next }', '@'])(
  'a program with a mistake is not simulated: %s',
  text => {
    expect(() => parseAwk(text)).toThrow(Unsimulated)
  },
)

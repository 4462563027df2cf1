import { describe, expect, it } from 'vitest'
import { parseFlags } from '../../../../sim/bin/go-flags.ts'
import { Unsimulated } from '../../../../src/host/host.ts'

const TABLE = {
  config: { name: 'config', hasValue: true },
  c: { name: 'config', hasValue: true },
  v: { name: 'v' },
} as const
const parse = (...args: string[]) => {
  const { values, rest } = parseFlags('ctr', args, TABLE)
  return { values: Object.fromEntries(values), rest }
}

describe("Go's flag package", () => {
  it.each([['-c', 'f'], ['--c', 'f'], ['-config=f'], ['--config', 'f']])(
    'takes %s %s as one option',
    (...args) => {
      expect(parse(...args, 'dump', '-c')).toEqual({ values: { config: 'f' }, rest: ['dump', '-c'] })
    },
  )

  it('ends the options at -- and at a dash alone', () => {
    expect(parse('-v', '--', '-c')).toEqual({ values: { v: 'true' }, rest: ['-c'] })
    expect(parse('-', '-v')).toEqual({ values: {}, rest: ['-', '-v'] })
  })

  it.each([['--no-such'], ['-c'], ['-constructor']])(
    'does not model what a program answers to %s',
    option => {
      expect(() => parse(option)).toThrow(Unsimulated)
    },
  )
})

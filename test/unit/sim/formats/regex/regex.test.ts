import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type RegexDialect, RegexError } from '../../../../../sim/formats/regex/parse.ts'
import { Regex } from '../../../../../sim/formats/regex/regex.ts'
import { Unsimulated } from '../../../../../src/host/host.ts'

const EXTENDED: RegexDialect = {
  name: 'grep',
  isBasic: false,
  hasIntervals: true,
  hasGnuEscapes: true,
  hasCEscapes: false,
}
const BASIC: RegexDialect = { ...EXTENDED, isBasic: true }

const matched = (source: string, text: string, dialect = EXTENDED): string | undefined => {
  const found = new Regex(source, dialect).exec(text)
  return found === undefined ? undefined : text.slice(found.start, found.end)
}

it('the longest of the leftmost matches counts', () => {
  expect(matched('abc|abcabcd', 'xabcabcd')).toBe('abcabcd')
  expect(matched('a*(ab)?', 'aab')).toBe('aab')
})

it('in a basic expression parentheses and braces count with a backslash', () => {
  expect(matched('\\(a\\)\\{2\\}', 'aa', BASIC)).toBe('aa')
  expect(matched('(a){2}', '(a){2}', BASIC)).toBe('(a){2}')
  expect(matched('*a', '*a', BASIC)).toBe('*a')
})

it('a back reference is what its group holds', () => {
  expect(matched('\\(.\\)\\1', 'abba', BASIC)).toBe('bb')
})

it('groups that depend on which alternative is taken are not simulated', () => {
  expect(() => new Regex('(a|ab)(bc|c)', EXTENDED).exec('abc')).toThrow(Unsimulated)
  expect(new Regex('(x|y)z', EXTENDED).exec('yz')?.groups).toEqual(['y'])
})

it.each(['(', '[a', 'a\\', '[z-a]', '[[:nosuch:]]'])('%s is refused', source => {
  expect(() => new Regex(source, EXTENDED)).toThrow(RegexError)
})

it('no text that starts where the match does and matches is longer', () => {
  const part = fc.constantFrom('a', 'b', 'a*', 'ab', '(ab)*', '(a|ab)', 'b?', '(b|ba)?', 'a{1,2}')
  const text = fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 }).map(chars => chars.join(''))
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), text, (parts, subject) => {
      const source = parts.join('')
      const found = new Regex(source, EXTENDED).find(subject)
      const whole = new RegExp(`^(?:${source})$`)
      const start = found?.start ?? 0
      const ends = Array.from({ length: subject.length - start + 1 }, (_, length) => start + length)
      const longest = ends.findLast(end => whole.test(subject.slice(start, end)))
      expect(found?.end).toBe(longest)
    }),
  )
})

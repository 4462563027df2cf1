import { describe, expect, it } from 'vitest'
import {
  parseBoolean,
  parseTimeSpanNs,
  parseUnitFile,
  splitWords,
} from '../../../../sim/formats/unit-file.ts'

const pairs = (text: string): readonly (readonly string[])[] =>
  parseUnitFile(text).assignments.map(({ section, key, value }) => [section, key, value])

describe('unit files', () => {
  it('assignments belong to the section above them, blanks round the equals sign do not count', () => {
    expect(pairs('[Unit]\nDescription = Two words \n[Service]\nType=oneshot\n')).toEqual([
      ['Unit', 'Description', 'Two words'],
      ['Service', 'Type', 'oneshot'],
    ])
  })

  it('lines of # and ; are comments, an empty value is a value', () => {
    expect(pairs('[Service]\n# no\n; no\nExecStart=\n')).toEqual([['Service', 'ExecStart', '']])
  })

  it('a backslash at the end goes on with the next line, across comments', () => {
    const text = '[Service]\nExecStart=/bin/echo one \\\n# in between\n  two\n'
    expect(splitWords(pairs(text)[0]?.[2] ?? '')).toEqual(['/bin/echo', 'one', 'two'])
  })

  it('what is no assignment, or stands outside of a section, is told with its line', () => {
    expect(parseUnitFile('A=1\n[Unit]\nno equals sign\n').warnings).toEqual([
      { line: 1, message: 'Assignment outside of section. Ignoring.' },
      { line: 3, message: "Missing '=', ignoring line." },
    ])
  })

  it('a boolean has six spellings each way, and nothing else is one', () => {
    expect(['1', 'yes', 'Y', 'true', 'T', 'on'].map(parseBoolean)).toEqual(Array(6).fill(true))
    expect(['0', 'no', 'N', 'FALSE', 'f', 'off'].map(parseBoolean)).toEqual(Array(6).fill(false))
    expect(parseBoolean('perhaps')).toBeUndefined()
  })

  it('a time span without a unit is seconds', () => {
    expect(parseTimeSpanNs('5')).toBe(5e9)
    expect(parseTimeSpanNs('1min 30s')).toBe(90e9)
    expect(parseTimeSpanNs('300ms')).toBe(300e6)
    expect(parseTimeSpanNs('infinity')).toBe(Number.POSITIVE_INFINITY)
    expect(parseTimeSpanNs('soon')).toBeUndefined()
  })

  it('quotes keep words together and vanish', () => {
    expect(splitWords(`/bin/sh -c "echo  two" 'single  quotes'`)).toEqual([
      '/bin/sh',
      '-c',
      'echo  two',
      'single  quotes',
    ])
  })
})

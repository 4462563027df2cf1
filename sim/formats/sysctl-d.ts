/** One line of sysctl.conf(5), or of the command line of sysctl(8). */
export interface SysctlLine {
  /** As it was written, without the dash in front. */
  readonly name: string
  readonly value: string
  /** `-name = value`. */
  readonly isIgnoringFailure: boolean
  /** `-name` without a value: the name is left out of what a glob sets. */
  readonly isExcluding: boolean
}

/** A line that says nothing (`undefined`), or nothing that can be understood. */
export type Parsed = SysctlLine | 'invalid' | undefined

/** Both generations of the parser: `isWanted` is `--pattern`, of the whole line or of its name. */
export type LineParser = (line: string, isWanted: (text: string) => boolean) => Parsed

/** parse_setting_line() of src/sysctl.c, procps 4. */
export const parseSysctlLine: LineParser = (line, isWanted) => {
  const text = line.trimStart()
  if (text.length < 2 || /^[#;]/.test(text) || !isWanted(text)) return undefined
  const equals = text.indexOf('=')
  const isDashed = text.startsWith('-')
  if (equals < 0 && !isDashed) return 'invalid'
  const name = (equals < 0 ? text : text.slice(0, equals)).slice(isDashed ? 1 : 0).trimEnd()
  return {
    name,
    value: equals < 0 ? '' : text.slice(equals + 1).trim(),
    isIgnoringFailure: isDashed && equals >= 0,
    isExcluding: equals < 0,
  }
}

/**
 * A line of a file as Preload() of sysctl.c of procps 3.3.17 reads it. A line without `=` that starts at its first column
 * has the value `=`: the program puts one where strtok(3) goes on.
 */
export const parseSysctlLine3: LineParser = (line, isWanted) => {
  const text = line.replace(/^[ \t]+|[ \t\r]+$/g, '')
  if (text.length < 2 || /^[#;]/.test(text)) return undefined
  const start = text.search(/[^=]/)
  if (start < 0) return 'invalid'
  const equals = text.indexOf('=', start)
  const name = text.slice(start, equals < 0 ? undefined : equals).replace(/[ \t\r]+$/, '')
  if (!isWanted(name)) return undefined
  const isAtFirstColumn = start === 0 && /^[^ \t]/.test(line)
  const value = equals < 0 ? (isAtFirstColumn ? '=' : '') : text.slice(equals + 1)
  if (value === '') return 'invalid'
  return settingOf3(name, value.replace(/^[ \t]+/, ''))
}

/** What WriteSetting() of procps 3.3.17 makes of `name=value`. */
export const settingOf3 = (name: string, value: string): SysctlLine => {
  const isIgnoringFailure = name.startsWith('-')
  return { name: isIgnoringFailure ? name.slice(1) : name, value, isIgnoringFailure, isExcluding: false }
}

/** slashdot(): the first separator of a name tells which of the two notations it is in. */
export function swapSeparators(name: string, from: '.' | '/', to: '.' | '/'): string {
  const first = /[/.]/.exec(name)?.[0]
  if (first === undefined || first === to) return name
  return name.replace(/[/.]/g, separator => (separator === from ? to : from))
}

/** What slashdot() complains of: the rest of a name from two separators in a row on. */
export function repeatedSeparators(name: string, to: '.' | '/'): string | undefined {
  const first = /[/.]/.exec(name)?.[0]
  const repeated = /[/.](?=[/.])/.exec(name)
  return first === undefined || first === to || repeated === null ? undefined : name.slice(repeated.index)
}

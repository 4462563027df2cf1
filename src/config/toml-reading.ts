import { parse, TomlError, type TomlTable, type TomlValue } from 'smol-toml'
import * as v from 'valibot'
import { nearestName } from './nearest-name.ts'
import { arrayElements, positionAt, type TomlEntry, type TomlPosition, tomlEntries } from './toml-source.ts'

/** What is wrong with a file of ours, and where. */
export interface ConfigProblem extends TomlPosition {
  readonly file: string
  /** What is wrong and what was probably meant, as a sentence without the place. */
  readonly message: string
}

export type ConfigProblems = readonly [ConfigProblem, ...ConfigProblem[]]

/** A value that fits a schema, or everything that is wrong, in the order of the text. */
export type TomlReading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: ConfigProblems }

/** Reads a TOML text of which `file` is the name; `prepare` sees the tables before the schema does. */
export function readToml<S extends v.GenericSchema>(
  text: string,
  file: string,
  { schema, prepare = table => table }: { readonly schema: S; prepare?(table: TomlTable): TomlTable },
): TomlReading<v.InferOutput<S>> {
  const parsed = parseToml(text, file)
  if ('problem' in parsed) return { ok: false, problems: [parsed.problem] }
  const checked = v.safeParse(schema, prepare(parsed.table))
  if (checked.success) return { ok: true, value: checked.output }
  const problems = checked.issues.map(issue => problemOf(issue, { schema, text, file }))
  return { ok: false, problems: inOrder(problems) }
}

/** Problems in the order of their places; there is at least one. */
export function inOrder(problems: readonly ConfigProblem[]): ConfigProblems {
  const [first, ...rest] = problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
  if (first === undefined) throw new Error('a reading without problems was called wrong')
  return [first, ...rest]
}

function parseToml(text: string, file: string): { table: TomlTable } | { problem: ConfigProblem } {
  try {
    return { table: parse(text) }
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    return { problem: { file, line: error.line, column: error.column, message: tomlErrorMessage(error) } }
  }
}

/** What a TOML parser complained of, without its picture of the place. */
export const tomlErrorMessage = (error: TomlError): string =>
  (error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '')

/** Whether a TOML value is a table, and not an array, a date or a plain value. */
export const isTable = (value: TomlValue | undefined): value is TomlTable =>
  typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date)

interface Source {
  readonly schema: v.GenericSchema
  readonly text: string
  readonly file: string
}

function problemOf(issue: v.BaseIssue<unknown>, { schema, text, file }: Source): ConfigProblem {
  const path = (issue.path ?? []).map(item => String(item.key))
  const isKey = issue.type === 'strict_object' && path.length > 0
  const isUnknown = isKey && issue.expected === 'never'
  const isMissing = isKey && !isUnknown && issue.received === 'undefined'
  const place = isMissing
    ? placeAt(text, path.slice(0, -1))
    : placeAt(text, path, isUnknown ? 'key' : 'value')
  const name = path.filter(part => !/^\d+$/.test(part)).join('.')
  if (isMissing) return { file, ...place, message: `"${name}" is missing` }
  if (isUnknown) return { file, ...place, message: unknownKey(name, path, schema) }
  return { file, ...place, message: `"${path.join('.')}" must be ${issue.message}, not ${issue.received}` }
}

function unknownKey(name: string, path: readonly string[], schema: v.GenericSchema): string {
  const known = keysAt(schema, path.slice(0, -1))
  const nearest = nearestName(path.at(-1) ?? '', known)
  const meant = nearest === undefined ? `known keys: ${known.join(', ')}` : `did you mean "${nearest}"?`
  return `unknown key "${name}": ${meant}`
}

/** The keys that a schema has for the table at a path. */
function keysAt(schema: unknown, path: readonly string[]): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return []
  if ('wrapped' in schema) return keysAt(schema.wrapped, path)
  const [first, ...rest] = path
  if ('item' in schema) return keysAt(schema.item, rest)
  if (!('entries' in schema) || typeof schema.entries !== 'object' || schema.entries === null) return []
  if (first === undefined) return Object.keys(schema.entries)
  return keysAt(Object.entries(schema.entries).find(([key]) => key === first)?.[1], rest)
}

/**
 * Where a key or its value stands in a valid TOML text. The path is that of the parsed value: elements of arrays, and of
 * arrays of tables, are numbers.
 */
export function placeAt(
  text: string,
  path: readonly string[],
  part: 'key' | 'value' = 'value',
): TomlPosition {
  return positionAt(text, offsetOf(path, text, part))
}

function offsetOf(path: readonly string[], text: string, part: 'key' | 'value'): number {
  const entries = numbered(tomlEntries(text))
  // A sysctl's key is one key of the value, and several parts where it is written without quotes.
  const find = (keys: readonly string[]) =>
    entries.find(entry => `${entry.path.join('.')}.`.startsWith(`${keys.join('.')}.`))
  const entry = find(path)
  if (entry !== undefined) return part === 'key' ? entry.start : entry.valueStart
  const array = find(path.slice(0, -1))
  if (array === undefined) return 0
  if (text[array.valueStart] !== '[') return array.valueStart
  return arrayElements(text, array.valueStart)[Number(path.at(-1))]?.start ?? array.valueStart
}

/** The entries with the number of each array of tables behind its name, as the parsed value has it. */
function numbered(entries: readonly TomlEntry[]): readonly TomlEntry[] {
  const lasts = new Map<string, number>()
  const numberedPath = (path: readonly string[]): string[] => {
    const whole: string[] = []
    for (const key of path) {
      whole.push(key)
      const last = lasts.get(whole.join('\0'))
      if (last !== undefined) whole.push(String(last))
    }
    return whole
  }
  return entries.map(entry => {
    if (entry.kind === 'array-of-tables') {
      const name = [...numberedPath(entry.path.slice(0, -1)), entry.path.at(-1) ?? ''].join('\0')
      lasts.set(name, (lasts.get(name) ?? -1) + 1)
    }
    return { ...entry, path: numberedPath(entry.path) }
  })
}

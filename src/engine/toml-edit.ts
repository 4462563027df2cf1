import { arrayElements, type TomlEntry, tomlEntries } from '../config/toml-source.ts'

/**
 * Edits of one value in a TOML text that somebody else wrote: every other byte stays as it is. Libraries that offer
 * this were tried: they keep comments where a value is replaced, and write everything that is new as one inline table,
 * which is nothing to leave in an operator's file.
 */

/** Sets the value at a path, `literal` being TOML. Where the key is new it is written where its neighbours are. */
export function setTomlValue(text: string, path: readonly string[], literal: string): string {
  const entries = tomlEntries(text)
  const existing = entries.find(entry => entry.kind === 'value' && isSame(entry.path, path))
  if (existing !== undefined) return splice(text, existing.valueStart, existing.end, literal)
  const inline = entries.findLast(entry => isInlineTable(entry, text) && isPrefix(entry.path, path))
  if (inline !== undefined) return addInline(text, inline, path, literal)
  const header = entries.findLast(entry => entry.kind === 'table' && isSame(entry.path, path.slice(0, -1)))
  if (header !== undefined) return addToTable(text, entries, header, assignment(path.slice(-1), literal))
  const dotted = dottedNeighbour(entries, path.slice(0, -1))
  if (dotted !== undefined) return addDotted(text, dotted, path, literal)
  return path.length === 1 ? addToRoot(text, entries, path, literal) : addTable(text, entries, path, literal)
}

/** Takes the elements out of an array of strings for which `isUnwanted` holds; comments stay. */
export function removeTomlElements(
  text: string,
  path: readonly string[],
  isUnwanted: (value: string) => boolean,
): string {
  const elements = elementsAt(text, path)
  const unwanted = elements.filter(({ start, end }) => isUnwanted(text.slice(start + 1, end - 1)))
  const edited = unwanted.reduceRight(
    (so, { start, end }) => removeSpan(so, start, end + (commaAfter(so, end)?.length ?? 0)),
    text,
  )
  const last = elements.at(-1)
  return last === undefined || commaAfter(text, last.end) !== undefined
    ? edited
    : withoutLastComma(edited, path)
}

function elementsAt(text: string, path: readonly string[]) {
  const array = tomlEntries(text).find(entry => entry.kind === 'value' && isSame(entry.path, path))
  return array === undefined ? [] : arrayElements(text, array.valueStart)
}

const commaAfter = (text: string, offset: number): string | undefined =>
  /^[ \t]*,(?:[ \t]*(?=\]))?/.exec(text.slice(offset))?.[0]

/** The array had no comma behind its last element, so what is the last one now keeps none either. */
function withoutLastComma(text: string, path: readonly string[]): string {
  const end = elementsAt(text, path).at(-1)?.end ?? 0
  return splice(text, end, end + (commaAfter(text, end)?.length ?? 0), '')
}

/** Takes away the line too when nothing else stands on it, and the blanks up to the next element otherwise. */
function removeSpan(text: string, from: number, to: number): string {
  const lineStart = text.lastIndexOf('\n', from - 1) + 1
  const lineEnd = text.indexOf('\n', to)
  const isAlone = text.slice(lineStart, from).trim() === '' && text.slice(to, lineEnd).trim() === ''
  if (isAlone && lineStart > 0 && lineEnd >= 0) return splice(text, lineStart, lineEnd + 1, '')
  return splice(text, from, to + (/^[ \t]*(?=[^ \t\n])/.exec(text.slice(to))?.[0].length ?? 0), '')
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && isPrefix(a, b)

const isPrefix = (prefix: readonly string[], path: readonly string[]): boolean =>
  prefix.length <= path.length && prefix.every((key, i) => key === path[i])

const isInlineTable = (entry: TomlEntry, text: string): boolean =>
  entry.kind === 'value' && text[entry.valueStart] === '{'

const splice = (text: string, from: number, to: number, replacement: string): string =>
  text.slice(0, from) + replacement + text.slice(to)

const key = (name: string): string => (/^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name))

const dottedKey = (path: readonly string[]): string => path.map(key).join('.')

const assignment = (path: readonly string[], literal: string): string => `${dottedKey(path)} = ${literal}`

/** Inside an inline table, tables that are missing are written as inline tables too: every parser takes those. */
function addInline(text: string, table: TomlEntry, path: readonly string[], literal: string): string {
  const [first = '', ...rest] = path.slice(table.path.length)
  const value = rest.reduceRight((inner, name) => `{ ${key(name)} = ${inner} }`, literal)
  const inner = text.slice(table.valueStart + 1, table.end - 1)
  const content = inner.trim() === '' ? ' ' : `${inner.trimEnd()}, `
  return splice(text, table.valueStart + 1, table.end - 1, `${content}${key(first)} = ${value} `)
}

/**
 * A key that is written with dots and so has made a table on the way to `parent`, unless a header leads further. No
 * header may make such a table again.
 */
function dottedNeighbour(entries: readonly TomlEntry[], parent: readonly string[]): TomlEntry | undefined {
  const byHeaders = deepest(
    entries.filter(entry => entry.kind !== 'value').map(entry => [entry, entry.path]),
    parent,
  )
  const dotted = entries.filter(entry => entry.kind === 'value' && entry.inlineDepth === 0)
  const byKeys = deepest(
    dotted
      .filter(entry => sharedDepth(entry.path.slice(0, -1), parent) > entry.headerDepth)
      .map(entry => [entry, entry.path.slice(0, -1)]),
    parent,
  )
  return byKeys !== undefined && byKeys.shared >= (byHeaders?.shared ?? 0) ? byKeys.entry : undefined
}

/** The last of the entries whose table shares the longest beginning with a path. */
function deepest(
  candidates: readonly (readonly [entry: TomlEntry, table: readonly string[]])[],
  path: readonly string[],
): { readonly entry: TomlEntry; readonly shared: number } | undefined {
  let best: { readonly entry: TomlEntry; readonly shared: number } | undefined
  for (const [entry, table] of candidates) {
    const shared = sharedDepth(table, path)
    if (shared > 0 && shared >= (best?.shared ?? 0)) best = { entry, shared }
  }
  return best
}

/** How many keys two paths have in common from the start. */
function sharedDepth(a: readonly string[], b: readonly string[]): number {
  const differs = a.findIndex((name, i) => b[i] !== name)
  return differs < 0 ? a.length : differs
}

function addDotted(text: string, neighbour: TomlEntry, path: readonly string[], literal: string): string {
  const line = assignment(path.slice(neighbour.headerDepth), literal)
  return addLineAfter(text, neighbour.end, indentAt(text, neighbour.start) + line)
}

function addToTable(text: string, entries: readonly TomlEntry[], header: TomlEntry, line: string): string {
  const last = lastOf(entries, header)
  const indent = last === header ? `${indentAt(text, header.start)}  ` : indentAt(text, last.start)
  return addLineAfter(text, last.end, indent + line)
}

/** The last key that stands under a header itself; the header when it has none. */
function lastOf(entries: readonly TomlEntry[], header: TomlEntry): TomlEntry {
  const from = entries.indexOf(header)
  const next = entries.findIndex((entry, i) => i > from && entry.kind !== 'value')
  const body = entries.slice(from, next < 0 ? undefined : next)
  return body.findLast(entry => entry.inlineDepth === 0) ?? header
}

/** A key of the root must stand before the first header. */
function addToRoot(
  text: string,
  entries: readonly TomlEntry[],
  path: readonly string[],
  literal: string,
): string {
  const line = assignment(path, literal)
  const last = entries.findLast(
    entry => entry.headerDepth === 0 && entry.kind === 'value' && entry.inlineDepth === 0,
  )
  if (last !== undefined) return addLineAfter(text, last.end, line)
  const firstHeader = entries[0]
  if (firstHeader === undefined) return `${endWithNewline(text)}${line}\n`
  const at = text.lastIndexOf('\n', firstHeader.start) + 1
  return splice(text, at, at, `${line}\n\n`)
}

/** A new table follows its nearest relative, indented as one level below it; without any it ends the file. */
function addTable(
  text: string,
  entries: readonly TomlEntry[],
  path: readonly string[],
  literal: string,
): string {
  const parent = path.slice(0, -1)
  const tables = entries.filter(entry => entry.kind === 'table')
  const relative = deepest(
    tables.map(entry => [entry, entry.path]),
    parent,
  )?.entry
  const indent = relative === undefined ? '' : indentAt(text, relative.start)
  const own = relative !== undefined && isPrefix(relative.path, parent) ? `${indent}  ` : indent
  const lines = `${own}[${dottedKey(parent)}]\n${own}  ${assignment(path.slice(-1), literal)}`
  if (relative === undefined) return `${endWithNewline(text)}${text.trim() === '' ? '' : '\n'}${lines}\n`
  return addLineAfter(text, lastOf(entries, relative).end, lines)
}

const indentAt = (text: string, offset: number): string =>
  /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1))?.[0] ?? ''

const endWithNewline = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

/** Adds lines after the line on which `offset` is. */
function addLineAfter(text: string, offset: number, lines: string): string {
  const lineEnd = text.indexOf('\n', offset)
  return lineEnd < 0 ? `${text}\n${lines}\n` : splice(text, lineEnd + 1, lineEnd + 1, `${lines}\n`)
}

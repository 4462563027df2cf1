import { Unsimulated } from '../../../../src/host/host.ts'
import { showByte } from './document.ts'
import { takeNumber } from './number.ts'
import { Scanner } from './scanner.ts'
import type { Expression, KeyPart, KeyValue, TableHeader, Value } from './syntax.ts'

/**
 * The expressions of a TOML document as github.com/pelletier/go-toml v2.4 parses them (unstable/parser.go), one after
 * the other: what is wrong further down is found after what stands before was used. Throws `DecodeError`.
 */
export function* parseExpressions(document: string): Generator<Expression, void> {
  const scanner = new Scanner(document)
  for (;;) {
    scanner.skipSpaces()
    if (scanner.peek() === '') return
    if (scanner.takeNewline()) continue
    if (scanner.peek() === '#') {
      finishLine(scanner)
      continue
    }
    const expression = scanner.peek() === '[' ? takeHeader(scanner) : takeKeyValue(scanner)
    finishLine(scanner)
    yield expression
  }
}

function finishLine(scanner: Scanner): void {
  scanner.skipSpaces()
  if (scanner.peek() === '#') scanner.takeComment()
  if (scanner.peek() === '' || scanner.takeNewline()) return
  scanner.fail(`expected newline but got ${showByte(scanner.peek())}`)
}

function takeHeader(scanner: Scanner): TableHeader {
  const isArray = scanner.follows('[[')
  scanner.at += isArray ? 2 : 1
  scanner.skipSpaces()
  const key = takeKey(scanner)
  const close = isArray ? ']]' : ']'
  if (!scanner.follows(close)) {
    scanner.fail(`expected '${close}' to close ${isArray ? 'array table' : 'table'} name`)
  }
  scanner.at += close.length
  return { kind: isArray ? 'ArrayTable' : 'Table', key }
}

function takeKeyValue(scanner: Scanner): KeyValue {
  const key = takeKey(scanner)
  if (scanner.peek() !== '=') scanner.fail("expected '=' after key")
  scanner.at++
  scanner.skipSpaces()
  return { kind: 'KeyValue', key, value: takeValue(scanner) }
}

function takeKey(scanner: Scanner): readonly KeyPart[] {
  const parts: KeyPart[] = []
  for (;;) {
    const offset = scanner.at
    parts.push({ name: takeSimpleKey(scanner), offset })
    scanner.skipSpaces()
    if (scanner.peek() !== '.') return parts
    scanner.at++
    scanner.skipSpaces()
  }
}

function takeSimpleKey(scanner: Scanner): string {
  const first = scanner.peek()
  if (first === '') scanner.fail('expected key but reached end of input')
  if (first === '"' || first === "'") return scanner.takeLine(first)
  const start = scanner.at
  while (/[A-Za-z0-9_-]/.test(scanner.peek())) scanner.at++
  if (scanner.at === start) scanner.fail(`invalid character at start of key: ${showByte(first)}`)
  return scanner.document.slice(start, scanner.at)
}

const WORDS: Readonly<Record<string, readonly [string, 'Bool' | 'Float']>> = {
  t: ['true', 'Bool'],
  f: ['false', 'Bool'],
  i: ['inf', 'Float'],
  n: ['nan', 'Float'],
}

function takeValue(scanner: Scanner): Value {
  const offset = scanner.at
  const first = scanner.peek()
  if (first === '') scanner.fail('expected value, not end of input')
  if (first === '"' || first === "'") return { kind: 'String', text: scanner.takeString(), offset }
  if (first === '[') return { kind: 'Array', items: takeArray(scanner), offset }
  if (first === '{') return { kind: 'InlineTable', items: takeInlineTable(scanner), offset }
  const word = WORDS[first]
  if (word !== undefined) return takeWord(scanner, word)
  if (/^\d(\d:|\d{3}-)/.test(scanner.document.slice(offset, offset + 5))) {
    throw new Unsimulated('containerd', 'a date in the configuration')
  }
  if (/[0-9+-]/.test(first)) return takeNumber(scanner)
  return scanner.fail(`unexpected character ${showByte(first)} at start of value`)
}

function takeWord(scanner: Scanner, [word, kind]: readonly [string, 'Bool' | 'Float']): Value {
  const offset = scanner.at
  if (!scanner.follows(word)) scanner.fail(`expected keyword "${word}"`)
  scanner.at += word.length
  return { kind, text: word, offset }
}

function takeArray(scanner: Scanner): readonly Value[] {
  return takeItems(scanner, {
    close: ']',
    incomplete: 'array is incomplete',
    comma: () => `expected value but got ${showByte(',')}`,
    missing: "expected ',' or ']' after array value",
    item: () => takeValue(scanner),
  })
}

function takeInlineTable(scanner: Scanner): readonly KeyValue[] {
  return takeItems(scanner, {
    close: '}',
    incomplete: 'inline table is incomplete',
    comma: () => 'unexpected comma in inline table',
    missing: "expected ',' or '}' after inline table key-value",
    item: () => takeKeyValue(scanner),
  })
}

interface Items<T> {
  readonly close: string
  readonly incomplete: string
  readonly comma: () => string
  readonly missing: string
  readonly item: () => T
}

/** What stands between brackets, over lines and between comments. */
function takeItems<T>(scanner: Scanner, { close, incomplete, comma, missing, item }: Items<T>): readonly T[] {
  const items: T[] = []
  let isAfterValue = false
  scanner.at++
  for (;;) {
    scanner.skipSpaces()
    const next = scanner.peek()
    if (next === '') return scanner.fail(incomplete)
    if (next === close) break
    if (scanner.takeNewline()) continue
    if (next === '#') scanner.takeComment()
    else if (next === ',') {
      if (!isAfterValue) scanner.fail(comma())
      isAfterValue = false
      scanner.at++
    } else {
      if (isAfterValue) scanner.fail(missing)
      items.push(item())
      isAfterValue = true
    }
  }
  scanner.at++
  return items
}

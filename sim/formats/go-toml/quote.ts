const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
}

/** strconv.Quote: a Go string literal (`%q`). */
export function quoteGo(text: string): string {
  let quoted = '"'
  for (const rune of text) quoted += SHORT_ESCAPES[rune] ?? escapeUnprintable(rune)
  return `${quoted}"`
}

function escapeUnprintable(rune: string): string {
  const code = rune.codePointAt(0) ?? 0
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`
  if (code === 0x20 || !/[\p{C}\p{Z}]/u.test(rune)) return rune
  return code > 0xffff
    ? `\\U${code.toString(16).padStart(8, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`
}

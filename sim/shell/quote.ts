/** Text as bash shows it for input again: `printf %q`, with backslashes, or `$'…'` where there are control characters. */
export function quoteWithBackslashes(text: string): string {
  if (text === '') return "''"
  if (hasControl(text)) return ansiQuote(text)
  return text.replace(/[ !"$&'()*,;<>?[\\\]^`{|}]/g, '\\$&').replace(/^[#~]/, '\\$&')
}

/** In single quotes where it needs any: `set -x`, `${x@Q}` (always), `declare -p` in part. */
export function quoteSingle(text: string): string {
  if (hasControl(text)) return ansiQuote(text)
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** The words of bash's `set -x`. */
export const quoteForTrace = (text: string): string =>
  hasControl(text) || needsQuotes(text) ? quoteSingle(text) : text

/** The words of dash's `set` and `export -p`. */
export const quoteForDash = (text: string): string => `'${text.replaceAll("'", `'"'"'`)}'`

/** In double quotes, as `declare -p` and `export -p` of bash print. */
export const quoteDouble = (text: string): string =>
  hasControl(text) ? ansiQuote(text) : `"${text.replace(/["$\\`]/g, '\\$&')}"`

/** sh_contains_shell_metas() of bash's shquote.c: a `#` or `~` counts only where it starts something. */
const needsQuotes = (text: string): boolean =>
  text === '' || /[ \t\n'"\\|&;()<>!{}*[\]?^$`]/.test(text) || /^[#~]|[=:]~/.test(text)

const hasControl = (text: string): boolean => /[^ -~]/.test(text)

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\x07': '\\a',
  '\b': '\\b',
  '\v': '\\v',
  '\f': '\\f',
  '\x1b': '\\E',
  "'": "\\'",
  '\\': '\\\\',
}

/** `$'…'`, in the C locale: every byte that is not ASCII is octal. */
function ansiQuote(text: string): string {
  let quoted = ''
  for (const char of text) {
    if (ESCAPES[char] !== undefined) quoted += ESCAPES[char]
    else if (/[ -~]/.test(char)) quoted += char
    else for (const byte of new TextEncoder().encode(char)) quoted += `\\${byte.toString(8).padStart(3, '0')}`
  }
  return `$'${quoted}'`
}

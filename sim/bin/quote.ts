import type { Process } from '../process.ts'

/** Whether the locale of a process is one with UTF-8: LC_ALL, LC_CTYPE, LANG in that order (locale(7)). */
export function isUtf8(process: Process): boolean {
  const locale = ['LC_ALL', 'LC_CTYPE', 'LANG']
    .map(name => process.env.get(name))
    .find(value => value !== undefined && value !== '')
  return locale !== undefined && /utf-?8/i.test(locale)
}

/** A name in quotes, as GNU's quote() has it: `'x'` in the C locale, curly ones in UTF-8. */
export function quote(process: Process, text: string): string {
  return isUtf8(process) ? `‘${text}’` : `'${text.replace(/['\\]/g, '\\$&')}'`
}

/** A name as the shell would take it, always in quotes: quoteaf() of coreutils. */
export function quoteAlways(text: string): string {
  if (/[^ -~]/.test(text)) return ansi(text)
  if (!text.includes("'")) return `'${text}'`
  return /["$`\\!]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`
}

/** A name as the shell would take it, quoted where it must be: quotef(), in front of a colon. */
export function quoteIfNeeded(text: string): string {
  return text !== '' && !/[^\w%+,./:@^-]/.test(text) && !/^[#~]/.test(text) && !text.includes(':')
    ? text
    : quoteAlways(text)
}

function ansi(text: string): string {
  const bytes = [...new TextEncoder().encode(text)]
  const escaped = bytes.map(byte => {
    if (byte === 10) return '\\n'
    if (byte === 9) return '\\t'
    const char = String.fromCharCode(byte)
    if (byte < 0x20 || byte > 0x7e) return `\\${byte.toString(8).padStart(3, '0')}`
    return char === "'" ? "\\'" : char
  })
  return `''$'${escaped.join('')}'''`.replace(/^''|''$/g, match => (match === "''" ? "''" : match))
}

/** Applies a mode to what a file has. */
export type ModeChange = (
  mode: number,
  file: { readonly isDirectory: boolean; readonly umask: number },
) => number

const WHO: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 }
const PERMISSION: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111, s: 0o6000, t: 0o1000 }

/** A mode as chmod(1) takes it, octal or symbolic (`u+x,go=r`); undefined where it is none. */
export function parseMode(text: string): ModeChange | undefined {
  if (/^[0-7]{1,5}$/.test(text)) {
    const mode = Number.parseInt(text, 8)
    if (mode > 0o7777) return undefined
    // A directory keeps its setuid and setgid bits unless five digits say otherwise (mode.c of gnulib).
    return (old, { isDirectory }) => (isDirectory && text.length < 5 ? mode | (old & 0o6000) : mode)
  }
  const clauses = text.split(',').map(parseClause)
  if (clauses.some(clause => clause === undefined)) return undefined
  return (mode, file) => clauses.reduce((value, clause) => clause?.(value, file) ?? value, mode)
}

function parseClause(clause: string): ModeChange | undefined {
  const match = /^([ugoa]*)((?:[-+=](?:[ugo]|[rwxXst]*))+)$/.exec(clause)
  if (match === null) return undefined
  const [, who = '', rest = ''] = match
  const actions = [...rest.matchAll(/([-+=])([ugo]|[rwxXst]*)/g)]
  return (mode, file) =>
    actions.reduce((value, [, operator = '', what = '']) => act(value, { who, operator, what, file }), mode)
}

interface Action {
  readonly who: string
  readonly operator: string
  readonly what: string
  readonly file: { readonly isDirectory: boolean; readonly umask: number }
}

function act(mode: number, { who, operator, what, file }: Action): number {
  const affected = who === '' ? 0o7777 : [...who].reduce((bits, letter) => bits | (WHO[letter] ?? 0), 0)
  const masked = who === '' ? ~file.umask : ~0
  const bits = wanted(mode, what, file.isDirectory) & affected & masked
  if (operator === '+') return mode | bits
  if (operator === '-') return mode & ~bits
  const kept = file.isDirectory ? mode & 0o6000 : 0
  return (mode & ~(affected & masked & ~kept)) | bits
}

function wanted(mode: number, what: string, isDirectory: boolean): number {
  if (/^[ugo]$/.test(what)) {
    const bits = (mode >> (what === 'u' ? 6 : what === 'g' ? 3 : 0)) & 7
    return bits | (bits << 3) | (bits << 6)
  }
  let bits = 0
  for (const letter of what) {
    if (letter === 'X') bits |= isDirectory || (mode & 0o111) !== 0 ? 0o111 : 0
    else bits |= PERMISSION[letter] ?? 0
  }
  return bits
}

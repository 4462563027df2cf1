import { KernelError } from '../../src/host/errno.ts'
import { GoError } from './go-toml/go-error.ts'

/** What reading files takes: a `Process` has it. */
export interface Files {
  readText(path: string): string
  readdir(path: string): readonly string[]
  exists(path: string): boolean
}

/** filepath.Clean. */
export function cleanPath(path: string): string {
  const isRooted = path.startsWith('/')
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (!isRooted) parts.push('..')
  }
  const joined = parts.join('/')
  return isRooted ? `/${joined}` : joined || '.'
}

/** filepath.Join. */
export const joinPath = (...parts: readonly string[]): string => {
  const present = parts.filter(part => part !== '')
  return present.length === 0 ? '' : cleanPath(present.join('/'))
}

/** filepath.Dir. */
export const directoryOf = (path: string): string => cleanPath(path.slice(0, path.lastIndexOf('/') + 1))

const hasMeta = (pattern: string): boolean => /[*?[\\]/.test(pattern)

/** filepath.Glob: the paths that match, in byte order a directory; unreadable directories hold nothing. */
export function glob(files: Files, pattern: string): string[] {
  patternToRegExp(pattern)
  if (!hasMeta(pattern)) return files.exists(pattern) ? [pattern] : []
  const slash = pattern.lastIndexOf('/')
  const directory = slash < 0 ? '.' : slash === 0 ? '/' : pattern.slice(0, slash)
  const matcher = patternToRegExp(pattern.slice(slash + 1))
  const directories = hasMeta(directory) ? glob(files, directory) : [directory]
  return directories.flatMap(parent =>
    namesIn(files, parent)
      .filter(name => matcher.test(name))
      .map(name => joinPath(parent, name)),
  )
}

function namesIn(files: Files, directory: string): readonly string[] {
  try {
    return files.readdir(directory)
  } catch (error) {
    if (error instanceof KernelError) return []
    throw error
  }
}

const BAD_PATTERN = 'syntax error in pattern'

/** A character class, an escaped character, or one character. */
const TOKEN = /^(?:\[\^?(?:(?:\\.|[^\]\\-])(?:-(?:\\.|[^\]\\-]))?)+\]|\\.|[^[\\])/su

/** filepath.Match's pattern; `*` matches a leading dot too. */
function patternToRegExp(pattern: string): RegExp {
  let source = ''
  let rest = pattern
  while (rest !== '') {
    const [token = ''] = TOKEN.exec(rest) ?? []
    if (token === '') throw new GoError(BAD_PATTERN)
    source += tokenSource(token)
    rest = rest.slice(token.length)
  }
  return new RegExp(`^${source}$`, 'su')
}

function tokenSource(token: string): string {
  if (token === '*') return '[^/]*'
  if (token === '?') return '[^/]'
  if (token.startsWith('[')) return token.replace(/(?<=.)\[/gs, '\\[')
  return escapeRegExp(token.startsWith('\\') ? token.slice(1) : token)
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

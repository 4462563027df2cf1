import { KernelError, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { decodeText } from '../../src/host/surrogate-escape.ts'
import { patternMatcher } from '../formats/fnmatch.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import type { SysctlContext } from './sysctl-context.ts'

/** Directories of sysctl --system, the strongest first: PreloadSystem() of sysctl.c, the same in 3.3.17 and 4.0. */
const DIRECTORIES = [
  '/etc/sysctl.d',
  '/run/sysctl.d',
  '/usr/local/lib/sysctl.d',
  '/usr/lib/sysctl.d',
  '/lib/sysctl.d',
]

/** What `-p` reads when no file is named, and --system last of all where it is a file. */
export const DEFAULT_PRELOAD = '/etc/sysctl.conf'

/** Every base name once, from the strongest directory that has it, in order of names; then /etc/sysctl.conf. */
export function systemFiles(process: Process): readonly string[] {
  const files = new Map<string, string>()
  for (const directory of DIRECTORIES) {
    if (!process.exists(directory)) continue
    for (const name of process.readdir(directory))
      if (name.endsWith('.conf') && !files.has(name)) files.set(name, `${directory}/${name}`)
  }
  const paths = [...files.keys()].sort().map(name => files.get(name) ?? '')
  const hasDefault = process.exists(DEFAULT_PRELOAD) && process.stat(DEFAULT_PRELOAD).type === 'file'
  return [...paths, ...(hasDefault ? [DEFAULT_PRELOAD] : [])]
}

/** A file of settings, by lines. */
export interface SettingsFile {
  readonly path: string
  readonly lines: readonly string[]
}

/**
 * The files that a word of `-p` means: itself, standard input for `-`, or what it matches as a glob. What follows one that
 * cannot be opened is not read, and `isFailed` is set.
 */
export function* settingsFiles(
  context: SysctlContext,
  word: string,
): Blocking<{ readonly files: readonly SettingsFile[]; readonly isFailed: boolean }> {
  const { process } = context
  if (/[{~]/.test(word)) throw new Unsimulated('sysctl', `-p ${word}`)
  const matching = /[*?[]/.test(word) ? globPaths(process, absolute(process, word)) : []
  const files: SettingsFile[] = []
  for (const path of matching.length > 0 ? matching : [word]) {
    const text = path === '-' ? decodeText(yield* process.readToEnd(0)) : textOf(context, path)
    if (text === undefined) return { files, isFailed: true }
    files.push({ path, lines: text.split('\n') })
  }
  return { files, isFailed: false }
}

function textOf({ process, complain }: SysctlContext, path: string): string | undefined {
  try {
    return process.readText(path)
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    // A directory can be opened, and has no lines.
    if (error.errno === 'EISDIR') return ''
    complain(`cannot open "${path}": ${strerror(error.errno)}`)
    return undefined
  }
}

const absolute = (process: Process, path: string): string =>
  path.startsWith('/') ? path : `${process.cwd === '/' ? '' : process.cwd}/${path}`

/** glob(3) of an absolute path, one name at a time. */
export function globPaths(process: Process, pattern: string): readonly string[] {
  let paths = ['']
  for (const name of pattern.slice(1).split('/')) {
    const matcher = patternMatcher(name)
    const isPattern = /[*?[]/.test(name)
    paths = paths.flatMap(path => {
      if (!isPattern) return process.exists(`${path}/${name}`) ? [`${path}/${name}`] : []
      if (process.stat(path || '/').type !== 'directory') return []
      const names = process.readdir(path || '/').filter(child => matcher.test(child))
      return names
        .filter(child => !child.startsWith('.') || name.startsWith('.'))
        .map(child => `${path}/${child}`)
    })
  }
  return paths
}

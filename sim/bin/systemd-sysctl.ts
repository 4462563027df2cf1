import { KernelError, strerror } from '../../src/host/errno.ts'
import { patternMatcher } from '../formats/fnmatch.ts'
import type { Process } from '../process.ts'
import { confFiles, searchConfFile } from './conf-files.ts'
import { systemdProgram } from './systemd-program.ts'

const DIRECTORIES = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d']
const PROC_SYS = '/proc/sys/'

interface Option {
  /** Below /proc/sys. */
  readonly path: string
  /** Undefined: `-key` alone, which a glob leaves out. */
  readonly value: string | undefined
  readonly isIgnoringFailure: boolean
}

interface Settings {
  readonly options: Map<string, Option>
  readonly prefixes: readonly string[]
  readonly isStrict: boolean
}

/** systemd-sysctl(8): its own order and its own notation, not those of sysctl --system. /etc/sysctl.conf is not read. */
export const systemdSysctl = systemdProgram(
  { options: ['no-pager', 'cat-config', 'prefix:', 'strict'], unsimulated: ['h'] },
  (process, options) => {
    const { operands } = options
    if (options.has('cat-config')) return catConfig(process, operands)
    const settings: Settings = {
      options: new Map(),
      prefixes: options.values('prefix').map(prefixPath),
      isStrict: options.has('strict'),
    }
    let isGood = true
    for (const file of operands.length > 0 ? operands : confFiles(process, DIRECTORIES))
      if (!readFile(process, settings, { file, isOptional: operands.length === 0 })) isGood = false
    for (const option of settings.options.values()) if (!apply(process, option, settings)) isGood = false
    return isGood ? 0 : 1
  },
)

const prefixPath = (prefix: string): string => normalize(prefix).replace(/^\/+(?:proc\/sys\/)?/, '')

/** cat_files() of src/shared/pretty-print.c. */
function catConfig(process: Process, operands: readonly string[]): number {
  if (operands.length > 0) {
    process.complain('Positional arguments are not allowed with --cat-config\n')
    return 1
  }
  const texts = confFiles(process, DIRECTORIES).map(path => {
    const text = process.readText(path)
    return `# ${path}\n${text}${text === '' || text.endsWith('\n') ? '' : '\n'}`
  })
  process.print(texts.join('\n'))
  return 0
}

/** parse_file() of src/sysctl/sysctl.c; false when the file or a line of it is bad. */
function readFile(
  process: Process,
  settings: Settings,
  { file, isOptional }: { readonly file: string; readonly isOptional: boolean },
): boolean {
  try {
    const { path, text } = searchConfFile(process, file, DIRECTORIES)
    return text
      .split('\n')
      .map((line, index) => readLine(process, settings, { line: line.trim(), place: `${path}:${index + 1}` }))
      .every(Boolean)
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    if (isOptional && error.errno === 'ENOENT') return true
    const { words } = process.system.bus.systemd.release
    process.complain(`${words.unreadable(file)}: ${strerror(error.errno)}\n`)
    return false
  }
}

function readLine(
  process: Process,
  { options, prefixes }: Settings,
  { line, place }: { readonly line: string; readonly place: string },
): boolean {
  const { hasSemicolonComments } = process.system.bus.systemd.release
  if (line === '' || line.startsWith('#') || (hasSemicolonComments && line.startsWith(';'))) return true
  const at = line.indexOf('=')
  const isDashed = line.startsWith('-')
  if (at < 0 && !isDashed) {
    process.complain(`${place}: Line is not an assignment, ignoring: ${line}\n`)
    return false
  }
  const path = normalize((at < 0 ? line : line.slice(0, at)).slice(isDashed ? 1 : 0).trim())
  if (!isGlob(path) && !isUnder(path, prefixes)) return true
  const value = at < 0 ? undefined : line.slice(at + 1).trim()
  const existing = options.get(path)
  if (existing !== undefined && existing.value === value) {
    // The first of two equal assignments keeps its place.
    options.set(path, { ...existing, isIgnoringFailure: existing.isIgnoringFailure || (isDashed && at >= 0) })
    return true
  }
  options.delete(path)
  options.set(path, { path, value, isIgnoringFailure: isDashed && at >= 0 })
  return true
}

const isGlob = (path: string): boolean => /[*?[]/.test(path)

const isUnder = (path: string, prefixes: readonly string[]): boolean =>
  prefixes.length === 0 || prefixes.some(prefix => path === prefix || path.startsWith(`${prefix}/`))

/** sysctl_normalize(): if the first separator is a dot, dots and slashes change places. */
function normalize(key: string): string {
  if (/[./]/.exec(key)?.[0] !== '.') return key
  return key.replace(/[./]/g, separator => (separator === '.' ? '/' : '.'))
}

function apply(process: Process, option: Option, settings: Settings): boolean {
  const { value, path } = option
  if (value === undefined) return true
  if (!isGlob(path)) return write(process, { ...option, value }, settings.isStrict)
  return expand(process, path)
    .filter(found => isUnder(found, settings.prefixes) && !isExplicit(process, found, settings))
    .map(found => write(process, { ...option, value, path: found }, settings.isStrict))
    .every(Boolean)
}

function isExplicit(process: Process, path: string, { options }: Settings): boolean {
  if (!options.has(path)) return false
  if (process.system.bus.systemd.release.tellsExplicitSettings)
    process.complain(`Not setting ${path} (explicit setting exists).\n`)
  return true
}

/** sysctl_write_or_warn(): what is not permitted and what `-` allows to fail is passed over without a word. */
function write(process: Process, option: Option & { readonly value: string }, isStrict: boolean): boolean {
  try {
    process.writeFile(PROC_SYS + option.path, `${option.value}\n`)
    return true
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    const isPrivilege = ['EPERM', 'EACCES', 'EROFS'].includes(error.errno)
    if (option.isIgnoringFailure || (isPrivilege && !isStrict)) return true
    const isIgnored = error.errno === 'ENOENT' && !isStrict
    const [said, why] = [`Couldn't write '${option.value}' to '${option.path}'`, strerror(error.errno)]
    process.complain(`${said}${isIgnored ? ', ignoring' : ''}: ${why}\n`)
    return isIgnored
  }
}

/** glob(3) below /proc/sys; a pattern that fits nothing is passed over in silence. */
function expand(process: Process, pattern: string): readonly string[] {
  let paths = ['']
  for (const name of pattern.split('/')) {
    const matcher = patternMatcher(name)
    paths = paths
      .filter(path => process.stat(PROC_SYS + path).type === 'directory')
      .flatMap(path =>
        process
          .readdir(PROC_SYS + path)
          .filter(child => matcher.test(child))
          .map(child => (path === '' ? child : `${path}/${child}`)),
      )
  }
  return paths
}

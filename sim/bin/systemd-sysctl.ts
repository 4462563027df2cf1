import { KernelError, strerror } from '../../src/host/errno.ts'
import type { Process } from '../process.ts'
import { confFiles } from './conf-files.ts'
import { program } from './getopt.ts'

const DIRECTORIES = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d']
const PROC_SYS = '/proc/sys/'

interface Option {
  /** Below /proc/sys. */
  readonly path: string
  /** Undefined: `-key` alone, which a glob leaves out. */
  readonly value: string | undefined
  readonly isIgnoringFailure: boolean
}

/** systemd-sysctl(8): its own order and its own notation, not those of sysctl --system. /etc/sysctl.conf is not read. */
export const systemdSysctl = program(
  { options: ['no-pager'], unsimulated: ['cat-config', 'tldr', 'prefix:', 'strict'], hint: '' },
  (process, options) => {
    const files = options.operands.length > 0 ? options.operands : confFiles(process, DIRECTORIES)
    const settings = new Map<string, Option>()
    for (const file of files)
      for (const option of parse(process, file)) {
        // A later value takes the earlier one's place at the end, as ordered_hashmap_remove_value and put do.
        settings.delete(option.path)
        settings.set(option.path, option)
      }
    let exitCode = 0
    for (const option of settings.values()) if (!apply(process, option, settings)) exitCode = 1
    return exitCode
  },
)

function parse(process: Process, file: string): readonly Option[] {
  return process
    .readText(file)
    .split('\n')
    .flatMap((raw, index) => {
      const line = raw.trim()
      if (line === '' || /^[#;]/.test(line)) return []
      const at = line.indexOf('=')
      const isDashed = line.startsWith('-')
      if (at < 0 && !isDashed) {
        process.complain(`${file}:${index + 1}: Line is not an assignment, ignoring: ${line}\n`)
        return []
      }
      const key = (at < 0 ? line : line.slice(0, at)).slice(isDashed ? 1 : 0).trim()
      return [
        {
          path: normalize(key),
          value: at < 0 ? undefined : line.slice(at + 1).trim(),
          isIgnoringFailure: isDashed,
        },
      ]
    })
}

/** sysctl_normalize(): if the first separator is a dot, dots and slashes change places. */
function normalize(key: string): string {
  if (/[./]/.exec(key)?.[0] !== '.') return key
  return key.replace(/[./]/g, separator => (separator === '.' ? '/' : '.'))
}

function apply(process: Process, option: Option, all: ReadonlyMap<string, Option>): boolean {
  if (option.value === undefined) return true
  const { value } = option
  if (!/[*?[]/.test(option.path)) return write(process, { ...option, value })
  const paths = expand(process, option.path).filter(path => !all.has(path))
  return paths.map(path => write(process, { ...option, value, path })).every(Boolean)
}

function write(process: Process, option: Option & { readonly value: string }): boolean {
  try {
    process.writeFile(PROC_SYS + option.path, `${option.value}\n`)
    return true
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    const isPassedOver = option.isIgnoringFailure || ['EPERM', 'EACCES', 'EROFS'].includes(error.errno)
    // A key that is not there is told and no failure (sysctl_write_or_warn of src/sysctl/sysctl.c).
    if (error.errno === 'ENOENT' || isPassedOver) {
      process.complain(
        `Couldn't write '${option.value}' to '${option.path}', ignoring: ${strerror(error.errno)}\n`,
      )
      return true
    }
    process.complain(`Couldn't write '${option.value}' to '${option.path}': ${strerror(error.errno)}\n`)
    return false
  }
}

/** glob(3) below /proc/sys. */
function expand(process: Process, pattern: string): readonly string[] {
  let paths = ['']
  for (const name of pattern.split('/')) {
    const source = name
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
    const matcher = new RegExp(`^${source}$`)
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

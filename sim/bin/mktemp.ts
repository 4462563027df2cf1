import type { Process } from '../process.ts'
import { complain, errnoOf, joinPath } from './coreutils.ts'
import { program, usageError } from './getopt.ts'
import { quote, quoteAlways } from './quote.ts'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** mktemp(1) of coreutils 9.1; the letters come from the machine's seed. */
export const mktemp = program(
  { options: ['d,directory', 'u,dry-run', 'q,quiet', 'p:', 'tmpdir::', 'suffix:', 't'] },
  (process, options) => {
    const [template = 'tmp.XXXXXXXXXX', extra] = options.operands
    if (extra !== undefined) throw usageError(process, 'too many templates')
    const suffix = options.value('suffix') ?? /[^X]*$/.exec(template)?.[0] ?? ''
    const stem = options.has('suffix') ? template : template.slice(0, template.length - suffix.length)
    const places = /X*$/.exec(stem)?.[0].length ?? 0
    const isQuiet = options.has('quiet')
    if (places < 3)
      return isQuiet ? 1 : complain(process, `too few X's in template ${quote(process, template)}`)
    const isPlaced =
      options.operands.length === 0 || options.has('tmpdir') || options.has('p') || options.has('t')
    const directory = options.value(options.last('p', 'tmpdir') ?? 'p') ?? process.env.get('TMPDIR') ?? '/tmp'
    const name = stem.slice(0, -places) + letters(process, places) + suffix
    const path = isPlaced ? joinPath(directory, name) : name
    if (options.has('dry-run')) {
      process.print(`${path}\n`)
      return 0
    }
    const isDirectory = options.has('directory')
    const errno = errnoOf(() => {
      if (isDirectory) process.mkdir(path, 0o700)
      else
        process.close(process.open(path, { read: true, write: true, create: true, exclusive: true }, 0o600))
    })
    if (errno === undefined) {
      process.print(`${path}\n`)
      return 0
    }
    const shown = isPlaced ? joinPath(directory, template) : template
    const kind = isDirectory ? 'directory' : 'file'
    return isQuiet
      ? 1
      : complain(process, `failed to create ${kind} via template ${quoteAlways(shown)}`, errno)
  },
)

function letters(process: Process, count: number): string {
  let text = ''
  for (let at = 0; at < count; at++)
    text += LETTERS.charAt(Math.floor(process.system.random() * LETTERS.length))
  return text
}

import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { type OptionSpec, type ParsedOptions, parseOptions, UsageError, withCommandLine } from './getopt.ts'

/** A program of systemd: all of them have --version, and say what is wrong of a command line in one line. */
export function systemdProgram(
  spec: OptionSpec,
  body: (process: Process, options: ParsedOptions) => number | Blocking<number>,
): (process: Process) => number | Blocking<number> {
  const full: OptionSpec = { ...spec, options: [...spec.options, 'version'], hint: '' }
  const parse = (process: Process): ParsedOptions => parseOptions(process, full)
  return withCommandLine(process => {
    try {
      const options = parse(process)
      if (!options.has('version')) return body(process, options)
      process.print(versionText(process))
      return 0
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      process.complain(inOwnWords(process, error.text))
      return error.exitCode
    }
  }, parse)
}

/** What all programs of the package answer, as the recorder heard it of one. */
const versionText = (process: Process): string =>
  process.system.bus.containerd.answerOf(['systemctl', '--version'])

/** src/shared/options.c, in place of getopt_long(3) since 262: the program is named by its base name. */
function inOwnWords(process: Process, text: string): string {
  if (!process.system.bus.systemd.release.hasOwnGetopt) return text
  return `${process.name}${text.slice(process.argv[0]?.length ?? 0)}`.replace(
    /option requires an argument -- '(.)'/,
    "option '-$1' requires an argument",
  )
}

/** log_error() of a program that calls log_show_color(). */
export function complainOfError(process: Process, message: string): number {
  const isRed = process.system.bus.systemd.release.hasRedErrors
  process.complain(isRed ? `\x1b[0;1;31m${message}\x1b[0m\n` : `${message}\n`)
  return 1
}

import type { SystemdManager } from '../bus.ts'
import type { Process } from '../process.ts'
import type { ParsedOptions } from './getopt.ts'

/** What a verb works with. */
export interface SystemctlCall {
  readonly process: Process
  readonly systemd: SystemdManager
  readonly options: ParsedOptions
  /** Operands behind the verb. */
  readonly names: readonly string[]
}

/** The warning that a loaded unit's files changed. */
export function warnOfReload({ process, systemd, options }: SystemctlCall, unit: string): void {
  if (options.has('quiet') || systemd.properties(unit).NeedDaemonReload !== 'yes') return
  process.complain(
    `Warning: The unit file, source configuration file or drop-ins of ${unit} changed on disk. Run 'systemctl daemon-reload' to reload units.\n`,
  )
}

/** Whether the locale's character set is UTF-8, by the variables of locale(7). */
export function isUtf8(process: Process): boolean {
  const locale = process.env.get('LC_ALL') || process.env.get('LC_CTYPE') || process.env.get('LANG') || 'C'
  return /utf-?8/i.test(locale)
}

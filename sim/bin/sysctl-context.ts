import { repeatedSeparators, swapSeparators } from '../formats/sysctl-d.ts'
import type { Process } from '../process.ts'
import { posixRegExp } from '../shell/regular-expression.ts'
import type { ParsedOptions } from './getopt.ts'
import { type ProcpsRelease, procpsRelease } from './procps.ts'

/** Where sysctl(8) finds its keys. */
export const PROC_SYS = '/proc/sys/'

/** One run of sysctl(8): what its options come to, and its voice. */
export class SysctlContext {
  readonly process: Process
  readonly release: ProcpsRelease
  readonly isIgnoringUnknown: boolean
  readonly isQuiet: boolean
  readonly isNameOnly: boolean
  readonly isDryRun: boolean
  readonly isShowingDeprecated: boolean
  readonly isPrintingName: boolean
  readonly lineEnd: '' | '\n'
  readonly #pattern: RegExp | undefined | null

  constructor(process: Process, options: ParsedOptions) {
    this.process = process
    this.release = procpsRelease(process)
    this.isIgnoringUnknown = options.has('ignore') || options.has('system')
    this.isQuiet = options.has('quiet')
    this.isNameOnly = options.has('names')
    this.isDryRun = options.has('dry-run')
    this.isShowingDeprecated = options.has('deprecated')
    this.isPrintingName = !options.has('values') && !options.has('binary')
    this.lineEnd = options.has('binary') ? '' : '\n'
    const pattern = options.value('pattern')
    this.#pattern = pattern === undefined ? null : posixRegExp(pattern)
  }

  /** Whether --pattern lets a text through; a pattern that regcomp(3) refuses lets nothing through. */
  readonly isWanted = (text: string): boolean => this.#pattern === null || this.#pattern?.test(text) === true

  /** The file of a key, in either notation. */
  pathOf(name: string): string {
    return PROC_SYS + this.#swapped(name, '.', '/')
  }

  /** The key of a name in either notation, with dots. */
  keyOf(name: string): string {
    return this.#swapped(name, '/', '.')
  }

  readonly complain = (message: string): void => {
    this.process.complain(`sysctl: ${message}\n`)
  }

  #swapped(name: string, from: '.' | '/', to: '.' | '/'): string {
    const repeated = repeatedSeparators(name, to)
    if (repeated !== undefined) this.complain(`separators should not be repeated: ${repeated}`)
    return swapSeparators(name, from, to)
  }
}

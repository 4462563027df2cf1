import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { commandLineOf, type ParsedOptions, UsageError } from '../bin/getopt.ts'
import type { Process } from '../process.ts'
import type { Builtin } from '../shell/builtins/builtin.ts'
import type { Shell } from '../shell/shell.ts'
import type { Finding } from './finding.ts'
import type { StaticWord } from './static-word.ts'

export type CommandFinding = Omit<Finding, 'line'>

/** What is said of a program, and the words behind it that it runs as a command itself. */
export interface ProgramVerdict {
  readonly finding: CommandFinding
  readonly inner: readonly StaticWord[]
}

/**
 * Builtins whose options are tried on a shell that nothing depends on. Of the others the words do not matter, or they
 * would leave the shell, wait, or run something.
 */
const TRIED =
  'set shopt trap declare typeset export readonly type hash jobs kill pushd popd dirs wait exec'.split(' ')

/** A builtin, by its name and by its words. */
export function builtinVerdict(
  shell: Shell,
  name: string,
  { builtin, words }: { builtin: Builtin; words: readonly StaticWord[] },
): CommandFinding {
  const finding = { kind: 'builtin', name, verdict: 'modelled' } as const
  if (builtin.isUnsimulated)
    return { ...finding, verdict: 'unmodelled', reason: 'the builtin is not modelled' }
  if (!TRIED.includes(name)) return finding
  const texts = words.map(word => word.text || 'x')
  // What exec would run is looked at by itself.
  const end = name === 'exec' ? texts.findIndex(text => !text.startsWith('-')) : -1
  const what = tryBuiltin(shell, builtin, [name, ...texts.slice(0, end < 0 ? texts.length : end)])
  if (what !== undefined) return { ...finding, verdict: 'unmodelled', reason: what }
  return openWords(finding, words)
}

/** What of it is not simulated. It runs as far as it gets without waiting for anything. */
function tryBuiltin(shell: Shell, builtin: Builtin, argv: readonly string[]): string | undefined {
  try {
    const result = builtin.run(shell, argv, { arrays: new Map() })
    if (typeof result !== 'number') result.next()
    return undefined
  } catch (thrown) {
    // All else is a way out of a script, or what a real shell answers, too.
    return thrown instanceof Unsimulated ? `${thrown.what} is not modelled` : undefined
  }
}

/** A program, by what is at its name on PATH, and by its options. */
export function programVerdict(process: Process, words: readonly StaticWord[]): ProgramVerdict {
  const name = words[0]?.text ?? ''
  const finding = { kind: 'program', name, verdict: 'modelled' } as const
  const only = (more: Partial<CommandFinding>): ProgramVerdict => ({
    finding: { ...finding, ...more },
    inner: [],
  })
  const path = process.which(name)
  if (path === undefined) return only({ verdict: 'absent', reason: 'it is not on PATH' })
  let loaded: ReturnType<Process['system']['load']>
  try {
    loaded = process.system.load(process, path)
  } catch (error) {
    if (error instanceof Unsimulated)
      return only({ verdict: 'unmodelled', reason: 'the program is not modelled' })
    if (!(error instanceof KernelError)) throw error
    const isMissing = error.errno === 'ENOENT'
    return only({
      verdict: 'unknown',
      reason: isMissing ? 'there is no such file yet' : 'it cannot be executed yet',
    })
  }
  if (loaded.argv.length > 0)
    return only({ verdict: 'unknown', reason: 'it is a script, which is not looked into' })
  const check = commandLineOf(loaded.program)
  if (check === undefined)
    return only(
      words.length === 1 ? {} : { verdict: 'unknown', reason: 'what it takes is only known when it runs' },
    )
  process.argv = words.map(word => word.text || 'x')
  try {
    const options = check(process)
    return { finding: openWords(finding, ownWords(words, options)), inner: innerWords(name, words, options) }
  } catch (error) {
    if (error instanceof Unsimulated)
      return only({ verdict: 'unmodelled', reason: `${error.what} is not modelled` })
    if (error instanceof UsageError)
      return only({ verdict: 'refused', reason: error.text.trim().split('\n')[0] ?? '' })
    throw error
  }
}

/** A word that may turn out to be an option is only known when it runs. */
function openWords(finding: CommandFinding, words: readonly StaticWord[]): CommandFinding {
  const end = words.findIndex(word => word.text === '--')
  const open = words.slice(0, end < 0 ? words.length : end).find(word => word.isOpen)
  if (open === undefined) return finding
  return {
    ...finding,
    verdict: 'unknown',
    reason: `whether ${open.shown} holds options is only known when it runs`,
  }
}

/** Programs that run a command, and how many operands precede it; assignments before it are theirs. */
const RUNNERS: Readonly<Record<string, number>> = {
  sudo: 0,
  env: 0,
  nohup: 0,
  xargs: 0,
  timeout: 1,
  flock: 1,
}

function innerWords(
  name: string,
  words: readonly StaticWord[],
  options: ParsedOptions | undefined,
): readonly StaticWord[] {
  const base = name.slice(name.lastIndexOf('/') + 1)
  const skipped = Object.hasOwn(RUNNERS, base) ? RUNNERS[base] : undefined
  if (skipped === undefined || options === undefined) return []
  const operands = words.slice(words.length - options.operands.length).slice(skipped)
  const at = operands.findIndex(word => skipped > 0 || !/^[A-Za-z_]\w*=/.test(word.text))
  return at < 0 ? [] : operands.slice(at)
}

/** Without the command that a program runs, whose words are not its own. */
const ownWords = (
  words: readonly StaticWord[],
  options: ParsedOptions | undefined,
): readonly StaticWord[] => {
  const name = words[0]?.text ?? ''
  const inner = innerWords(name, words, options)
  return words.slice(1, words.length - inner.length)
}

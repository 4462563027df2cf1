import type { Blocking } from '../scheduler.ts'
import { Discard, Exit } from './control.ts'
import { runStatements } from './evaluate.ts'
import type { Shell } from './shell.ts'
import { parseUnits, type SyntaxFault, type Unit } from './syntax.ts'

export interface RunTextOptions {
  /** Where the text comes from, for messages of syntax errors: `eval`, a file, or the script itself (the default). */
  readonly context?: { readonly kind: 'eval' | 'file'; readonly name: string }
  /** Nothing follows: the last command may take the shell's place. */
  readonly isLast?: boolean
  readonly observer?: UnitObserver
}

/** Sees each unit before it is executed, and may end it all after it. */
export interface UnitObserver {
  before(unit: Unit): void
  readonly isOver: boolean
}

/** Reads and executes text, one complete command after the other. */
export function* runText(shell: Shell, text: string, options: RunTextOptions = {}): Blocking<number> {
  const units = parseUnits(text, shell.origin.dialect)
  let status = 0
  for (const [index, unit] of units.entries()) {
    options.observer?.before(unit)
    try {
      if (unit.fault !== undefined) status = reportFault(shell, unit.fault, options)
      else {
        const isLast = options.isLast === true && index === units.length - 1
        status = yield* runStatements(shell, unit.statements, { isLast })
      }
    } catch (thrown) {
      if (!(thrown instanceof Discard)) throw thrown
      status = thrown.status
      shell.status = status
      if (shell.options.has('errexit')) throw new Exit(status)
    }
    if (unit.fault !== undefined && unit.fault.kind !== 'bad-substitution') return status
    if (options.observer?.isOver) return status
  }
  return status
}

/** Prints what is wrong; a script ends with status 2, an `eval` fails with it (and dash ends in both cases). */
export function reportFault(shell: Shell, fault: SyntaxFault, options: RunTextOptions): number {
  if (fault.kind === 'unsimulated') throw shell.unsimulated(`the syntax ${fault.token}`)
  shell.line = fault.line + shell.lineOffset
  if (fault.kind === 'bad-substitution')
    return shell.fail(shell.isBash ? `${fault.token}: bad substitution` : 'Bad substitution', 'expansion')
  if (!shell.isBash) return failInDash(shell, fault)
  const prefix = syntaxPrefix(shell, options)
  const words = bashWords(fault)
  // The offending line is shown where it was not just typed: report_syntax_error() of parse.y.
  const shown = shell.isInteractive && options.context?.kind !== 'file' ? words.slice(0, 1) : words
  const lines = shown.map(line => `${prefix}${line}\n`)
  shell.process.complain(lines.join(''))
  shell.status = 2
  if (options.context === undefined && !shell.isInteractive) throw new Exit(2)
  return 2
}

function syntaxPrefix(shell: Shell, { context }: RunTextOptions): string {
  const { name, input, isInteractive } = shell.origin
  if (context?.kind === 'file')
    return `${isInteractive ? shell.prefix : ''}${context.name}: line ${shell.line}: `
  if (isInteractive) return shell.prefix
  const source = input === 'command' ? '-c: ' : ''
  return `${name}: ${context?.kind === 'eval' ? 'eval: ' : source}line ${shell.line}: `
}

function bashWords(fault: SyntaxFault): readonly string[] {
  if (fault.kind === 'eof') return ['syntax error: unexpected end of file']
  if (fault.kind === 'unterminated') return [`unexpected EOF while looking for matching \`${fault.token}'`]
  return [`syntax error near unexpected token \`${fault.token}'`, `\`${fault.source}'`]
}

function failInDash(shell: Shell, fault: SyntaxFault): never {
  if (fault.kind === 'unterminated' || fault.kind === 'eof') shell.line = fault.lastLine + shell.lineOffset
  shell.complain(`Syntax error: ${dashWords(fault)}`)
  throw new Exit(2)
}

function dashWords(fault: SyntaxFault): string {
  if (fault.kind === 'unterminated') return 'Unterminated quoted string'
  if (fault.kind === 'dash') return fault.token
  const expecting = fault.expecting === undefined ? '' : ` (expecting "${fault.expecting}")`
  if (fault.kind === 'eof') return `end of file unexpected${expecting}`
  if (fault.token === 'newline') return `newline unexpected${expecting}`
  return `"${fault.token}" unexpected${expecting}`
}

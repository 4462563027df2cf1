import { structuredPatch } from 'diff'
import type { EngineEvent, Observer } from '../engine/observer.ts'
import type { FileDiff, Step } from '../engine/phase.ts'
import type { Check } from '../engine/verify.ts'
import { decodeText } from '../host/surrogate-escape.ts'
import type { Style, Terminal } from './terminal.ts'

export interface PrinterOptions {
  readonly terminal: Terminal
  readonly host: string
  readonly isJson: boolean
  /** Several hosts: every line says whose it is. */
  readonly isAmongOthers: boolean
}

/** Prints the events of a run: lines for people, or one JSON object a line. */
export function eventPrinter(options: PrinterOptions): Observer {
  const { terminal, host } = options
  if (options.isJson) return event => terminal.print(`${jsonLine(host, event)}\n`)
  const progress = new Progress(terminal)
  const prefix = options.isAmongOthers ? `${terminal.style.dim(`${host}:`)} ` : ''
  return event => {
    progress.clear()
    for (const line of linesOf(event, terminal.style))
      terminal.print(line === '' ? '\n' : `${prefix}${line}\n`)
    progress.show(workOf(event))
  }
}

/** Bytes as text: events hold requests, whose content is bytes. */
function jsonLine(host: string, event: EngineEvent): string {
  return JSON.stringify({ host, ...event }, (_, value: unknown) =>
    value instanceof Uint8Array ? decodeText(value) : value,
  )
}

/** A line that says what is under way and goes away again; only a terminal gets it. */
class Progress {
  readonly #terminal: Terminal
  #isShown = false

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  show(text: string | undefined): void {
    if (text === undefined || !this.#terminal.isInteractive) return
    this.#terminal.print(this.#terminal.style.dim(`${text} …`))
    this.#isShown = true
  }

  clear(): void {
    if (this.#isShown) this.#terminal.print('\r\x1b[2K')
    this.#isShown = false
  }
}

function workOf(event: EngineEvent): string | undefined {
  if (event.event === 'gathering') return `${event.host}: ${event.again ? 'looking again' : 'looking'}`
  if (event.event === 'applying') return `applying ${event.steps} step${event.steps === 1 ? '' : 's'}`
  return undefined
}

function linesOf(event: EngineEvent, style: Style): readonly string[] {
  switch (event.event) {
    case 'gathering':
    case 'applying':
      return []
    case 'gathered':
      return [style.bold(`${event.host}: ${event.os}, kernel ${event.kernel}`)]
    case 'note':
      return [`  ${style.cyan('note')}  ${event.note.phase}: ${event.note.text}`]
    case 'planned':
      return event.steps === 0
        ? [`  ${style.green('nothing to do')}`]
        : [`  ${event.steps} step${event.steps === 1 ? '' : 's'} to do`]
    case 'step':
      return stepLines(event.step, event.outcome, style)
    case 'check':
      return [checkLine(event.check, style)]
    case 'failed':
      return [`  ${style.red('failed')}  ${event.description}`]
  }
}

const OUTCOME = { planned: '+', done: '✓', failed: '✗', 'not-run': '·' } as const

function stepLines(step: Step, outcome: keyof typeof OUTCOME, style: Style): readonly string[] {
  const color = { planned: style.yellow, done: style.green, failed: style.red, 'not-run': style.dim }[outcome]
  const title = `  ${color(OUTCOME[outcome])} ${step.phase}: ${step.title}${outcome === 'not-run' ? style.dim(' (not run)') : ''}`
  return outcome === 'planned' && step.diff !== undefined ? [title, ...diffLines(step.diff, style)] : [title]
}

/** A unified diff without its header, indented below the step. */
function diffLines(diff: FileDiff, style: Style): readonly string[] {
  const patch = structuredPatch(diff.path, diff.path, diff.before ?? '', diff.after, '', '', { context: 2 })
  return patch.hunks.flatMap(hunk => [
    ...(diff.before === undefined ? [] : [style.cyan(`      @@ line ${hunk.oldStart} @@`)]),
    ...hunk.lines.map(
      line =>
        `      ${line.startsWith('+') ? style.green(line) : line.startsWith('-') ? style.red(line) : style.dim(line)}`,
    ),
  ])
}

function checkLine(check: Check, style: Style): string {
  const mark = { pass: style.green('pass'), fail: style.red('FAIL'), skipped: style.dim('skip') }[
    check.verdict
  ]
  return `  ${mark}  ${check.name}${check.evidence === '' ? '' : style.dim(` (${check.evidence})`)}`
}

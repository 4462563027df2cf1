import type { EngineEvent, Observer, StepOutcome } from '../engine/observer.ts'
import type { Note, Step } from '../engine/phase.ts'
import type { Check } from '../engine/verify.ts'
import { complainOf } from './explain.ts'
import { jsonLine } from './json-lines.ts'
import type { StepDiff } from './step-diff.ts'
import type { Style, Terminal } from './terminal.ts'
import { visible, visibleData } from './visible.ts'

export interface PrinterOptions {
  readonly terminal: Terminal
  readonly host: string
  readonly isJson: boolean
  /** Several hosts: every line says whose it is. */
  readonly isAmongOthers: boolean
  /** What went well, and what is only worth knowing, is counted and not shown. */
  readonly isBrief: boolean
  /** Shows what a planned step would change in a file. */
  readonly stepDiff?: StepDiff
}

/** Tells a person, or a program, what happens on one host. */
export interface Printer {
  readonly observe: Observer
  /** To be called once, when the work on the host is over. */
  end(exitStatus: number): void
}

/** Lines for people, or one JSON object a line. */
export function printerFor(options: PrinterOptions): Printer {
  const { terminal, host, isJson } = options
  if (!isJson) return new LinePrinter(options)
  return {
    observe: event => terminal.print(jsonLine(host, event)),
    end: exitStatus => terminal.print(jsonLine(host, { event: 'ended', exitStatus })),
  }
}

/**
 * Marks of four letters in one column, then whose step it is, then the sentence: the same on a terminal, where colour
 * and a line about what is under way are added, and in a file. What went wrong goes to standard error.
 */
class LinePrinter implements Printer {
  readonly #terminal: Terminal
  readonly #host: string
  readonly #style: Style
  readonly #isAmongOthers: boolean
  readonly #isBrief: boolean
  readonly #stepDiff: StepDiff | undefined
  readonly #counts = { planned: 0, done: 0, pass: 0, fail: 0, skipped: 0 }
  #isFirstLook = true
  #isProgressShown = false

  constructor({ terminal, host, isAmongOthers, isBrief, stepDiff }: PrinterOptions) {
    this.#terminal = terminal
    this.#host = visible(host)
    this.#isBrief = isBrief
    this.#stepDiff = stepDiff
    this.#style = terminal.style
    this.#isAmongOthers = isAmongOthers
  }

  readonly observe: Observer = told => {
    const event = visibleData(told)
    this.#clearProgress()
    if (event.event === 'failed') complainOf(event.description, this.#terminal, this.#host)
    else for (const line of this.#linesOf(event)) this.#print(line)
    this.#showProgress(event)
  }

  end(): void {
    this.#clearProgress()
    const { planned, pass, fail, skipped } = this.#counts
    const host = this.#style.bold(this.#host)
    if (planned > 0) this.#print(`${host}: ${count(planned, 'step')} to do`)
    else if (pass + fail + skipped > 0) this.#print(`${host} ${this.#verdict()}`)
  }

  #verdict(): string {
    const { done, pass, fail, skipped } = this.#counts
    const { green, red } = this.#style
    const parts = [
      ...(done === 0 ? [] : [`${count(done, 'step')} done`]),
      fail === 0 ? `${count(pass, 'check')} passed` : `${fail} of ${count(pass + fail, 'check')} failed`,
      ...(skipped === 0 ? [] : [`${skipped} not applicable`]),
    ]
    const verdict = fail === 0 ? green('is ready to be a node') : red('is not ready to be a node')
    return `${verdict}: ${parts.join(', ')}`
  }

  #print(line: string): void {
    const prefix = this.#isAmongOthers ? `${this.#style.dim(`${this.#host}:`)} ` : ''
    this.#terminal.print(`${prefix}${line}\n`)
  }

  #linesOf(event: EngineEvent): readonly string[] {
    const style = this.#style
    switch (event.event) {
      case 'gathered': {
        const isKnown = !this.#isFirstLook
        this.#isFirstLook = false
        return isKnown || this.#isBrief
          ? []
          : [`${style.bold(this.#host)}  ${event.os}, kernel ${event.kernel}`]
      }
      case 'note':
        return this.#isBrief && !isWarning(event.note) ? [] : [noteLine(event.note, style)]
      case 'planned':
        return event.steps === 0 ? [row(style.green('done'), '', 'nothing to do')] : []
      case 'step':
        if (event.outcome === 'planned' || event.outcome === 'done') this.#counts[event.outcome]++
        return [stepLine(event.step, event.outcome, style), ...this.#diffLines(event.step, event.outcome)]
      case 'check':
        this.#counts[event.check.verdict]++
        return this.#isBrief && event.check.verdict !== 'fail' ? [] : [checkLine(event.check, style)]
      default:
        return []
    }
  }

  #diffLines(step: Step, outcome: StepOutcome): readonly string[] {
    if (outcome !== 'planned' || step.diff === undefined) return []
    return this.#stepDiff?.(step.diff, this.#style) ?? []
  }

  /** A line that goes away again; only a terminal gets it. */
  #showProgress(event: EngineEvent): void {
    const work = workOf(event)
    if (work === undefined || !this.#terminal.isInteractive) return
    this.#terminal.print(this.#style.dim(`${this.#host}: ${work} ...`))
    this.#isProgressShown = true
  }

  #clearProgress(): void {
    if (this.#isProgressShown) this.#terminal.print('\r\x1b[2K')
    this.#isProgressShown = false
  }
}

/** What is under way from an event on; undefined where that is not known, or nothing. */
export function workOf(event: EngineEvent): string | undefined {
  if (event.event === 'gathering') return event.again ? 'looking again' : 'looking'
  if (event.event === 'applying') return `making ${count(event.steps, 'step')}`
  return undefined
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`

/** As wide as the longest name of a phase. */
const PHASE_WIDTH = 14

const row = (mark: string, phase: string, text: string): string =>
  `  ${mark}  ${phase === '' ? '' : `${phase.padEnd(PHASE_WIDTH)}  `}${text}`

const WARNING = 'warning: '

const isWarning = ({ text }: Note): boolean => text.startsWith(WARNING)

const noteLine = ({ phase, text }: Note, style: Style): string =>
  isWarning({ phase, text })
    ? row(style.yellow('warn'), phase, text.slice(WARNING.length))
    : row(style.cyan('note'), phase, text)

function stepLine(step: Step, outcome: StepOutcome, style: Style): string {
  const marks: Readonly<Record<StepOutcome, string>> = {
    planned: style.yellow('todo'),
    done: style.green('done'),
    failed: style.red('FAIL'),
    'not-run': style.dim('skip'),
  }
  const title = outcome === 'not-run' ? style.dim(`${step.title}: not run`) : step.title
  return row(marks[outcome], step.phase, title)
}

function checkLine({ verdict, name, evidence }: Check, style: Style): string {
  const mark = { pass: style.green('pass'), fail: style.red('FAIL'), skipped: style.dim('skip') }[verdict]
  return row(mark, '', evidence === '' ? name : `${name} ${style.dim(`(${evidence})`)}`)
}

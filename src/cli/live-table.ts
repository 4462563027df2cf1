import type { EngineEvent } from '../engine/observer.ts'
import type { Clock } from './clock.ts'
import { displayWidth, fitted, truncated } from './display-width.ts'
import { counted, type HostResult, VERDICTS, type Verdict, verdictOf } from './host-result.ts'
import { workOf } from './report.ts'
import type { Style, Terminal } from './terminal.ts'
import { visibleLine } from './visible.ts'

interface Row {
  readonly name: string
  state: 'waiting' | 'running' | Verdict
  /** What is being done, or what went wrong. */
  work: string
  startedAt: number
  endedAt: number
}

/** How far each host is: a line for each while there is room, and how many there are of each state. */
export class LiveTable {
  readonly #rows: ReadonlyMap<string, Row>
  readonly #clock: Clock
  readonly #startedAt: number

  constructor(names: readonly string[], clock: Clock) {
    this.#clock = clock
    this.#startedAt = clock.now()
    this.#rows = new Map(
      names.map(name => [
        name,
        { name: visibleLine(name), state: 'waiting', work: '', startedAt: 0, endedAt: 0 },
      ]),
    )
  }

  start(name: string): void {
    Object.assign(this.#row(name), { state: 'running', startedAt: this.#clock.now() })
  }

  /** Whether the event shows in the table. */
  observe(name: string, event: EngineEvent): boolean {
    const work = workOf(event)
    if (work !== undefined) this.#row(name).work = work
    return work !== undefined
  }

  end(result: HostResult): void {
    const row = this.#row(result.name)
    // The host's name is in its column already.
    const told = visibleLine(result.failures[0]?.description ?? '')
    const work = told.startsWith(row.name) ? told.slice(row.name.length).replace(/^[: ]+/, '') : told
    Object.assign(row, { state: verdictOf(result), work, endedAt: this.#clock.now() })
  }

  /** The lines for a terminal of a size, each shorter than it is wide, and together fewer than it has rows. */
  lines({ style, screen }: Pick<Terminal, 'style' | 'screen'>): readonly string[] {
    const { columns = 80, rows: height = 24 } = screen ?? {}
    const all = [...this.#rows.values()]
    const shown = choose(all, Math.max(1, height - 2))
    const now = this.#clock.now()
    const nameColumns = Math.min(
      Math.max(...all.map(row => displayWidth(row.name))),
      Math.floor(columns * 0.45),
    )
    const lines = shown.map(row => this.#line(row, { columns: columns - 1, nameColumns, now, style }))
    return [...lines, style.bold(truncated(this.#counts(all, now), columns - 1))]
  }

  #counts(all: readonly Row[], now: number): string {
    const states = all.map(row => row.state)
    const ended = all.filter(row => row.state !== 'waiting' && row.state !== 'running').length
    return `${ended} of ${all.length} hosts  ${elapsed(now - this.#startedAt)}  ${counted(states, [...VERDICTS, 'running', 'waiting'])}`
  }

  #line(row: Row, { columns, nameColumns, now, style }: LineOptions): string {
    const [mark, paint] = MARKS[row.state]
    const time = row.state === 'waiting' ? '' : elapsed((row.endedAt || now) - row.startedAt)
    const text = `${fitted(row.name, nameColumns)}  ${time.padStart(5)}  ${row.work}`.trimEnd()
    const rest = columns - MARK_COLUMNS
    if (rest <= 0) return truncated(`  ${mark}`, columns)
    return `  ${style[paint](mark)}  ${truncated(text, rest)}`
  }

  #row(name: string): Row {
    const row = this.#rows.get(name)
    if (row === undefined) throw new Error(`the table has no row for ${name}`)
    return row
  }
}

interface LineOptions {
  readonly columns: number
  readonly nameColumns: number
  readonly now: number
  readonly style: Style
}

/** Two spaces, a mark of four, two spaces. */
const MARK_COLUMNS = 8

const MARKS: Readonly<
  Record<Row['state'], readonly [mark: string, paint: 'dim' | 'cyan' | 'green' | 'yellow' | 'red']>
> = {
  waiting: ['wait', 'dim'],
  running: ['work', 'cyan'],
  ok: ['pass', 'green'],
  changed: ['done', 'green'],
  'to change': ['todo', 'yellow'],
  failed: ['FAIL', 'red'],
  'not started': ['skip', 'dim'],
}

/** All of them in their order; where there are too many those at work, then those that failed, then the latest that ended. */
function choose(all: readonly Row[], room: number): readonly Row[] {
  if (all.length <= room) return all
  const rank = (row: Row): number =>
    row.state === 'running' ? 0 : row.state === 'failed' ? 1 : row.endedAt > 0 ? 2 : 3
  return all.toSorted((a, b) => rank(a) - rank(b) || b.endedAt - a.endedAt).slice(0, room)
}

function elapsed(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

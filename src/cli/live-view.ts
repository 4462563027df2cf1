import type { EngineEvent } from '../engine/observer.ts'
import type { Clock } from './clock.ts'
import type { HostResult } from './host-result.ts'
import { LiveTable } from './live-table.ts'
import { LiveTerminal } from './live-terminal.ts'
import type { Terminal } from './terminal.ts'

/** A run on many hosts, on a terminal: the table of how far each is, and what is printed above it. */
export class LiveView {
  /** What the hosts print to. */
  readonly terminal: LiveTerminal
  readonly #table: LiveTable
  readonly #stops: readonly ((() => void) | undefined)[]

  constructor(names: readonly string[], terminal: Terminal, clock: Clock) {
    this.#table = new LiveTable(names, clock)
    this.terminal = new LiveTerminal(terminal, () => this.#table.lines(terminal))
    const draw = () => this.terminal.draw()
    this.#stops = [clock.every(1000, draw), terminal.screen?.onResize(draw)]
  }

  start(name: string): void {
    this.#table.start(name)
    this.terminal.draw()
  }

  observe(name: string, event: EngineEvent): void {
    if (this.#table.observe(name, event)) this.terminal.draw()
  }

  ended(result: HostResult): void {
    this.#table.end(result)
    this.terminal.draw()
  }

  /** Takes the table away. */
  close(): void {
    for (const stop of this.#stops) stop?.()
    this.terminal.end()
  }
}

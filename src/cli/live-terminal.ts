import { displayWidth } from './display-width.ts'
import type { LineInput } from './line-input.ts'
import type { Terminal } from './terminal.ts'

/**
 * A terminal whose last lines are drawn again in place: what is printed comes to stand above them. The cursor is left
 * where it is and shown, so that a run that is killed leaves nothing to put right.
 */
export class LiveTerminal implements Terminal {
  readonly isInteractive = false
  readonly #terminal: Terminal
  readonly #lines: () => readonly string[]
  #drawn: readonly string[] = []

  /** `lines` gives what is to stand there now, each shorter than the terminal is wide. */
  constructor(terminal: Terminal, lines: () => readonly string[]) {
    this.#terminal = terminal
    this.#lines = lines
  }

  get style(): Terminal['style'] {
    return this.#terminal.style
  }

  get signal(): AbortSignal {
    return this.#terminal.signal
  }

  readStdin(): Promise<Uint8Array> {
    return this.#terminal.readStdin()
  }

  openLines(): LineInput {
    return this.#terminal.openLines()
  }

  print(text: string | Uint8Array): void {
    this.#erase()
    this.#terminal.print(text)
    this.draw()
  }

  complain(text: string | Uint8Array): void {
    this.#erase()
    this.#terminal.complain(text)
    this.draw()
  }

  /** Draws the lines as they are now. */
  draw(): void {
    const lines = this.#lines()
    this.#terminal.print(this.#eraser() + lines.map(line => `${line}\n`).join(''))
    this.#drawn = lines
  }

  /** Takes the lines away; what is printed afterwards, to the terminal itself, stands where they were. */
  end(): void {
    this.#erase()
  }

  #erase(): void {
    if (this.#drawn.length > 0) this.#terminal.print(this.#eraser())
    this.#drawn = []
  }

  /**
   * Goes up over the lines and clears from there. Where the terminal has become narrower since, it has wrapped them (as
   * those that reflow do), and there are more rows to go up.
   */
  #eraser(): string {
    const columns = this.#terminal.screen?.columns ?? Number.POSITIVE_INFINITY
    const rows = this.#drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)),
      0,
    )
    return rows === 0 ? '' : `\r\x1b[${rows}A\x1b[J`
  }
}

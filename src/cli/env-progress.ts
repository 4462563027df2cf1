import type { Outside } from './main.ts'

/** Programs that take long enough to be told of, by the first words of their command lines. */
const STEPS: readonly (readonly [words: string, step: string])[] = [
  ['mmdebstrap', 'unpacking Debian packages'],
  ['docker import', 'importing the image'],
  ['docker build', 'building the image from its Dockerfile'],
  ['docker start', 'booting'],
  ['docker stop', 'shutting down'],
  ['mke2fs', 'making a file system'],
  ['qemu-img convert', 'making a disk'],
  ['qemu-img create', 'booting'],
]

/** What is being done for one environment: on a terminal one line with the time, elsewhere a line a step. */
export class EnvProgress {
  readonly #name: string
  readonly #outside: Outside
  readonly #isShown: boolean
  readonly #began: number
  readonly #stopTicking: () => void
  #step = ''

  constructor(name: string, options: Outside & { readonly isShown: boolean }) {
    this.#name = name
    this.#outside = options
    this.#isShown = options.isShown
    this.#began = options.clock.now()
    this.#stopTicking = options.clock.every(1000, () => this.#draw())
  }

  /** A program is about to run. */
  starting(argv: readonly string[]): void {
    const words = argv.filter((word, index) => word !== '-H' && argv[index - 1] !== '-H').join(' ')
    const step = STEPS.find(([prefix]) => words.startsWith(prefix))?.[1]
    if (step === undefined || step === this.#step) return
    this.#step = step
    const { terminal } = this.#outside
    if (terminal.isInteractive) this.#draw()
    else if (this.#isShown) terminal.print(`${this.#name}  ${step}\n`)
  }

  /** Nothing of it stays on the screen. */
  end(): void {
    this.#stopTicking()
    if (this.#isDrawn) this.#outside.terminal.print('\r\x1b[K')
  }

  get #isDrawn(): boolean {
    return this.#isShown && this.#outside.terminal.isInteractive && this.#step !== ''
  }

  #draw(): void {
    if (!this.#isDrawn) return
    const seconds = Math.floor((this.#outside.clock.now() - this.#began) / 1000)
    this.#outside.terminal.print(`\r\x1b[K${this.#name}  ${this.#step}  ${seconds} s`)
  }
}

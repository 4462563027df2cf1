import pc from 'picocolors'
import { main } from '../../../../src/cli/main.ts'
import type { Terminal } from '../../../../src/cli/terminal.ts'
import { concatBytes, decodeText, encodeText } from '../../../../src/host/surrogate-escape.ts'

/** A terminal that keeps what it is told. */
export class FakeTerminal implements Terminal {
  readonly isInteractive: boolean
  readonly style: Terminal['style']
  readonly #stdin: Uint8Array
  readonly #interruption = new AbortController()
  readonly #printed: Uint8Array[] = []
  readonly #complained: Uint8Array[] = []

  constructor(options: { readonly isInteractive?: boolean; readonly stdin?: Uint8Array } = {}) {
    this.isInteractive = options.isInteractive ?? false
    this.style = pc.createColors(this.isInteractive)
    this.#stdin = options.stdin ?? new Uint8Array()
  }

  print(text: string | Uint8Array): void {
    this.#printed.push(typeof text === 'string' ? encodeText(text) : text)
  }

  complain(text: string | Uint8Array): void {
    this.#complained.push(typeof text === 'string' ? encodeText(text) : text)
  }

  async readStdin(): Promise<Uint8Array> {
    return this.#stdin
  }

  get signal(): AbortSignal {
    return this.#interruption.signal
  }

  /** Ctrl-C. */
  interrupt(): void {
    this.#interruption.abort()
  }

  get stdoutBytes(): Uint8Array {
    return concatBytes(this.#printed)
  }

  get stdout(): string {
    return decodeText(this.stdoutBytes)
  }

  get stderr(): string {
    return decodeText(concatBytes(this.#complained))
  }
}

/** What a command line comes to. */
export interface Outcome {
  readonly exitStatus: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command in this process. */
export async function seatrial(
  argv: readonly string[],
  terminal: FakeTerminal = new FakeTerminal(),
): Promise<Outcome> {
  const exitStatus = await main(argv, terminal)
  return { exitStatus, stdout: terminal.stdout, stderr: terminal.stderr }
}

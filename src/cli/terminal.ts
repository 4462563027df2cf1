import pc from 'picocolors'

/** Where the command speaks: the one place that knows streams, colour and Ctrl-C. */
export interface Terminal {
  /** Standard output. */
  print(text: string | Uint8Array): void
  /** Standard error. */
  complain(text: string | Uint8Array): void
  /** A person is watching: progress may be drawn over. */
  readonly isInteractive: boolean
  readonly style: Style
  /** All of standard input. */
  readStdin(): Promise<Uint8Array>
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

export type Style = ReturnType<typeof pc.createColors>

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const interruption = new AbortController()
  process.once('SIGINT', () => interruption.abort())
  process.once('SIGTERM', () => interruption.abort())
  const hasColor = process.env.NO_COLOR === undefined && process.stdout.isTTY === true
  return {
    print: text => void process.stdout.write(text),
    complain: text => void process.stderr.write(text),
    isInteractive: process.stdout.isTTY === true && process.env.TERM !== 'dumb',
    style: pc.createColors(hasColor),
    readStdin,
    signal: interruption.signal,
  }
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

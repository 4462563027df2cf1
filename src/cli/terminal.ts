import { setMaxListeners } from 'node:events'
import pc from 'picocolors'
import { type LineInput, PipedLines, TypedLines } from './line-input.ts'

/** Where the command speaks: the one place that knows streams, colour and Ctrl-C. */
export interface Terminal {
  /** Standard output. */
  print(text: string | Uint8Array): void
  /** Standard error. */
  complain(text: string | Uint8Array): void
  /** A person is watching: progress may be drawn over. */
  readonly isInteractive: boolean
  /** Where it is drawn, if somebody is watching. */
  readonly screen?: Screen
  /** For standard output. */
  readonly style: Style
  /** All of standard input. */
  readStdin(): Promise<Uint8Array>
  /** Standard input line by line. */
  openLines(): LineInput
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** What a person watches; the size is that of now. */
export interface Screen {
  readonly columns: number
  readonly rows: number
  /** Tells of every other size, until the function that it gives is called. */
  onResize(listener: () => void): () => void
}

export type Style = ReturnType<typeof pc.createColors>

/** The terminal of this process. A second Ctrl-C ends the process at once. */
export function processTerminal(): Terminal {
  const interruption = new AbortController()
  // Every host of a fleet listens.
  setMaxListeners(0, interruption.signal)
  process.once('SIGINT', () => interruption.abort())
  process.once('SIGTERM', () => interruption.abort())
  const isTerminal = process.stdout.isTTY === true && process.env.TERM !== 'dumb'
  return {
    print: printerTo(process.stdout),
    complain: printerTo(process.stderr),
    isInteractive: isTerminal,
    ...(isTerminal && { screen: screenOf(process.stdout) }),
    // https://no-color.org: present and not empty.
    style: pc.createColors(isTerminal && !process.env.NO_COLOR),
    readStdin,
    openLines: () =>
      isTerminal && process.stdin.isTTY
        ? new TypedLines(process.stdin, process.stdout)
        : new PipedLines(process.stdin),
    signal: interruption.signal,
  }
}

/** Some terminals, on serial lines for instance, say 0 for a size that they do not know. */
const screenOf = (stream: NodeJS.WriteStream): Screen => ({
  get columns() {
    return stream.columns || 80
  },
  get rows() {
    return stream.rows || 24
  },
  onResize(listener) {
    stream.on('resize', listener)
    return () => stream.off('resize', listener)
  },
})

/** A reader that goes away (`| head -1`) silences a stream, and does not cut off the work on a host. */
function printerTo(stream: NodeJS.WriteStream): Terminal['print'] {
  let isGone = false
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    isGone = true
  })
  return text => {
    if (!isGone) stream.write(text)
  }
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

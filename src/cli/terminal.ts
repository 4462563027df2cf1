import pc from 'picocolors'

/** Where the command speaks: the one place that knows streams, colour and Ctrl-C. */
export interface Terminal {
  /** Standard output. */
  print(text: string | Uint8Array): void
  /** Standard error. */
  complain(text: string | Uint8Array): void
  /** A person is watching: progress may be drawn over. */
  readonly isInteractive: boolean
  /** For standard output. */
  readonly style: Style
  /** All of standard input. */
  readStdin(): Promise<Uint8Array>
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

export type Style = ReturnType<typeof pc.createColors>

/** The terminal of this process. A second Ctrl-C ends the process at once. */
export function processTerminal(): Terminal {
  const interruption = new AbortController()
  process.once('SIGINT', () => interruption.abort())
  process.once('SIGTERM', () => interruption.abort())
  const isTerminal = process.stdout.isTTY === true && process.env.TERM !== 'dumb'
  return {
    print: printerTo(process.stdout),
    complain: printerTo(process.stderr),
    isInteractive: isTerminal,
    // https://no-color.org: present and not empty.
    style: pc.createColors(isTerminal && !process.env.NO_COLOR),
    readStdin,
    signal: interruption.signal,
  }
}

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

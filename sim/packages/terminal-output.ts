import { KernelError } from '../../src/host/errno.ts'
import { OpenFile } from '../fs/open-file.ts'

const [LINE_FEED, CARRIAGE_RETURN] = [10, 13]

/** The output of a terminal that apt opened for dpkg: it sends a carriage return before each line feed (ONLCR of termios(3)). */
export class TerminalOutput extends OpenFile {
  readonly #output: OpenFile

  constructor(output: OpenFile) {
    super()
    this.#output = output
  }

  read(): Uint8Array {
    return new Uint8Array()
  }

  write(bytes: Uint8Array): number {
    const sent = [...bytes].flatMap(byte => (byte === LINE_FEED ? [CARRIAGE_RETURN, LINE_FEED] : [byte]))
    this.#output.write(Uint8Array.from(sent), { isUnbounded: true })
    return bytes.length
  }

  seek(): void {
    throw new KernelError('ESPIPE')
  }
}

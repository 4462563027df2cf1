import { closeSync, constants, openSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { basename, dirname } from 'node:path'

/** A JSON message of QEMU's protocols. */
export type Message = Readonly<Record<string, unknown>>

/** A unix socket that carries one JSON message a line. */
export class JsonLines {
  readonly #socket: Socket
  readonly #received: Message[] = []
  readonly #waiting: { resolve(message: Message): void; reject(error: Error): void }[] = []
  #line: Buffer[] = []
  #closed: Error | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes: Buffer) => this.#hear(bytes))
    socket.on('error', error => this.#close(error))
    socket.on('close', () => this.#close(new Error('the socket was closed')))
  }

  /** Connects; rejects with the errno of connect(2) as `code`. */
  static async connect(path: string): Promise<JsonLines> {
    return new JsonLines(await connectTo(path))
  }

  send(message: Message, prefix = Buffer.alloc(0)): void {
    this.#socket.write(Buffer.concat([prefix, Buffer.from(`${JSON.stringify(message)}\n`)]))
  }

  /** The next message that has come or comes; rejects once the socket is closed. */
  receive(): Promise<Message> {
    const first = this.#received.shift()
    if (first !== undefined) return Promise.resolve(first)
    if (this.#closed !== undefined) return Promise.reject(this.#closed)
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  end(): void {
    this.#socket.destroy()
  }

  #hear(bytes: Buffer): void {
    let from = 0
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, from)) {
      this.#line.push(bytes.subarray(from, end))
      this.#take(Buffer.concat(this.#line))
      this.#line = []
      from = end + 1
    }
    this.#line.push(bytes.subarray(from))
  }

  /** The guest agent marks the beginning of a synchronised answer with the byte 0xFF, which is no JSON. */
  #take(line: Buffer): void {
    const text = line
      .subarray(line.lastIndexOf(0xff) + 1)
      .toString('utf8')
      .trim()
    if (text === '') return
    const message = parse(text)
    const waiter = this.#waiting.shift()
    if (waiter === undefined) this.#received.push(message)
    else waiter.resolve(message)
  }

  #close(error: Error): void {
    this.#closed ??= error
    for (const waiter of this.#waiting.splice(0)) waiter.reject(error)
  }
}

/** The end of an answer whose beginning went to somebody else is no JSON: it is nobody's answer. */
function parse(text: string): Message {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** sun_path is 108 bytes with its NUL (unix(7)): a longer path is reached through its directory's descriptor. */
const LONGEST_PATH = 107

function connectTo(path: string): Promise<Socket> {
  const isShort = Buffer.byteLength(path) <= LONGEST_PATH
  const directory = isShort ? undefined : openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY)
  const socket = connect(directory === undefined ? path : `/proc/self/fd/${directory}/${basename(path)}`)
  return new Promise<Socket>((resolve, reject) => {
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  }).finally(() => {
    if (directory !== undefined) closeSync(directory)
  })
}

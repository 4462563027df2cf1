import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'

/** A JSON message of QEMU's protocols. */
export type Message = Readonly<Record<string, unknown>>

/** A unix socket that carries one JSON message a line. */
export class JsonLines {
  readonly #socket: Socket
  readonly #received: Message[] = []
  readonly #waiting: { resolve(message: Message): void; reject(error: Error): void }[] = []
  #closed: Error | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    createInterface({ input: socket }).on('line', line => this.#take(line))
    socket.on('error', error => this.#close(error))
    socket.on('close', () => this.#close(new Error('the virtual machine closed its socket')))
  }

  /** Connects as soon as somebody listens there, or gives up when `isAlive` says that nobody will. */
  static async connect(path: string, isAlive: () => boolean): Promise<JsonLines> {
    while (isAlive()) {
      const socket = await tryConnect(path)
      if (socket !== undefined) return new JsonLines(socket)
      await delay(20)
    }
    throw new Error(`nobody listens on ${path}`)
  }

  send(message: Message, prefix = ''): void {
    this.#socket.write(`${prefix}${JSON.stringify(message)}\n`)
  }

  /** The next message that has come or comes. */
  receive(): Promise<Message> {
    const first = this.#received.shift()
    if (first !== undefined) return Promise.resolve(first)
    if (this.#closed !== undefined) return Promise.reject(this.#closed)
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  end(): void {
    this.#socket.destroy()
  }

  /** The guest agent marks the beginning of a synchronised answer with the byte 0xFF, which is no JSON. */
  #take(line: string): void {
    const text = line.replace(/^.*\uFFFD/, '')
    if (text === '') return
    const message: Message = JSON.parse(text)
    const waiter = this.#waiting.shift()
    if (waiter === undefined) this.#received.push(message)
    else waiter.resolve(message)
  }

  #close(error: Error): void {
    this.#closed ??= error
    for (const waiter of this.#waiting.splice(0)) waiter.reject(error)
  }
}

function tryConnect(path: string): Promise<Socket | undefined> {
  return new Promise(resolve => {
    const socket = connect(path)
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(undefined))
  })
}

import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach } from 'vitest'

/** A call as the guest agent gets it. */
export interface Call {
  readonly execute: string
  readonly arguments: Record<string, unknown>
}

/** What answers: a value or an error; `undefined` for no answer at all. */
export type Answer = (call: Call, socket: Socket) => unknown

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** An agent by QEMU's protocol in the directory of a machine, for what a real one cannot be made to do. */
export async function listenAsAgent(directory: string, answer: Answer): Promise<Socket[]> {
  const sockets: Socket[] = []
  const server = createServer(socket => {
    sockets.push(socket)
    createInterface({ input: socket }).on('line', line => {
      const call: Call = JSON.parse(line.replace(/^[^{]*/, ''))
      const value = answer(call, socket)
      if (value === undefined) return
      const message = value instanceof Error ? { error: { desc: value.message } } : { return: value }
      socket.write(`${JSON.stringify(message)}\n`)
    })
  })
  servers.push(server)
  await new Promise<void>(resolve => server.listen(join(directory, 'agent'), resolve))
  return sockets
}

/** Answers a synchronisation, after what an earlier client left unread; other calls as `answer` does. */
export const synced =
  (answer: Answer): Answer =>
  (call, socket) => {
    if (call.execute !== 'guest-sync-delimited') return answer(call, socket)
    socket.write(Buffer.from('{"return": 7}\nof an answer"}\n\xff', 'latin1'))
    return call.arguments.id
  }

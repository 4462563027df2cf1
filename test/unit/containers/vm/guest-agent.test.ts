import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { GuestAgent } from '../../../../containers/vm/guest-agent.ts'

type Answer = (command: { execute: string; arguments: Record<string, unknown> }) => unknown

let directory = ''
let server: Server | undefined
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'seatrial-test-'))
})
afterEach(() => {
  server?.close()
  rmSync(directory, { recursive: true, force: true })
})

/** An agent that answers by QEMU's protocol, with what is left of an earlier talk before the first answer. */
async function agentThat(answer: Answer): Promise<GuestAgent> {
  server = createServer(socket => {
    createInterface({ input: socket }).on('line', line => {
      const command = JSON.parse(line.replace(/^[^{]*/, ''))
      const reply = command.execute === 'guest-sync-delimited' ? command.arguments.id : answer(command)
      if (command.execute === 'guest-sync-delimited')
        socket.write(Buffer.from('{"return": 7}\n\xff', 'latin1'))
      socket.write(
        `${JSON.stringify(reply instanceof Error ? { error: { desc: reply.message } } : { return: reply })}\n`,
      )
    })
  })
  const path = join(directory, 'agent')
  await new Promise<void>(resolve => server?.listen(path, resolve))
  return GuestAgent.connect(path, () => true)
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

test('a program’s exit status and both its streams come back, and its input went there', async () => {
  const seen: unknown[] = []
  const agent = await agentThat(({ execute, arguments: args }) => {
    seen.push(args['input-data'])
    return execute === 'guest-exec'
      ? { pid: 4 }
      : { exited: true, exitcode: 3, 'out-data': base64('out'), 'err-data': base64('err') }
  })
  const { exitCode, stdout, stderr } = await agent.exec(['cat'], Buffer.from('in'))
  expect([exitCode, stdout.toString(), stderr.toString(), seen[0]]).toEqual([3, 'out', 'err', base64('in')])
  agent.end()
})

test('a program that a signal ended has 128 and its number', async () => {
  const agent = await agentThat(({ execute }) =>
    execute === 'guest-exec' ? { pid: 4 } : { exited: true, signal: 9 },
  )
  expect((await agent.exec(['cat'])).exitCode).toBe(137)
  agent.end()
})

test('what the agent refuses is an error with its words', async () => {
  const agent = await agentThat(() => new Error('failed to open file'))
  await expect(agent.readFile('/none')).rejects.toThrow('guest-file-open: failed to open file')
  agent.end()
})

test('a socket where nobody will listen is given up', async () => {
  await expect(GuestAgent.connect(join(directory, 'none'), () => false)).rejects.toThrow('nobody listens')
})

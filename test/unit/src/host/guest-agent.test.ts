import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { GuestAgent, pollTimes } from '../../../../src/host/guest-agent.ts'
import { type Call, listenAsAgent, synced } from './agent-server.ts'
import { makeRunningVm, useStateDirectory } from './vm-state.ts'

useStateDirectory()

const base64 = (text: string) => Buffer.from(text).toString('base64')

test('a program’s exit status and both its streams come back, and its input went there', async () => {
  const directory = makeRunningVm('one')
  const seen: Call[] = []
  await listenAsAgent(
    directory,
    synced(call => {
      seen.push(call)
      if (call.execute === 'guest-exec') return { pid: 4 }
      if (seen.length === 2) return { exited: false }
      return { exited: true, exitcode: 3, 'out-data': base64('out'), 'err-data': base64('err') }
    }),
  )
  const { exitCode, stdout, stderr } = await new GuestAgent(directory).exec(['cat', '-'], Buffer.from('in'))
  expect([exitCode, stdout.toString(), stderr.toString()]).toEqual([3, 'out', 'err'])
  expect(seen[0]?.arguments).toMatchObject({ path: 'cat', arg: ['-'], 'input-data': base64('in') })
  expect(seen[0]?.arguments.env).toContain('HOME=/root')
})

test('a program that a signal ended has 128 and its number', async () => {
  const directory = makeRunningVm('one')
  const answer = ({ execute }: Call) => (execute === 'guest-exec' ? { pid: 4 } : { exited: true, signal: 9 })
  await listenAsAgent(directory, synced(answer))
  expect((await new GuestAgent(directory).exec(['cat'])).exitCode).toBe(137)
})

test('what the agent refuses is an error with its words, and the next call is answered', async () => {
  const directory = makeRunningVm('one')
  const answer = ({ execute }: Call) => (execute === 'guest-ping' ? {} : new Error('failed to open file'))
  await listenAsAgent(directory, synced(answer))
  const agent = new GuestAgent(directory)
  await expect(agent.readFile('/none')).rejects.toThrow('refused guest-file-open: failed to open file')
  expect(await agent.call('guest-ping', {})).toEqual({})
})

test('an answer that was lost is a time-out, and the next call has a connection of its own', async () => {
  const directory = makeRunningVm('one')
  let count = 0
  const sockets = await listenAsAgent(
    directory,
    synced(() => (++count === 1 ? undefined : { count })),
  )
  const agent = new GuestAgent(directory, 1000)
  await expect(agent.call('guest-ping', {})).rejects.toMatchObject({ reason: 'timeout' })
  expect(await agent.call('guest-ping', {})).toEqual({ count: 2 })
  expect(sockets.length).toBe(2)
})

test('a connection that is not used is let go of, so that another program gets its turn', async () => {
  const directory = makeRunningVm('one')
  const sockets = await listenAsAgent(
    directory,
    synced(() => ({})),
  )
  const agent = new GuestAgent(directory)
  await Promise.all([agent.call('guest-ping', {}), agent.call('guest-ping', {})])
  const [socket, ...others] = sockets
  expect(others).toEqual([])
  if (socket !== undefined && !socket.destroyed) await once(socket, 'close')
  expect(await agent.call('guest-ping', {})).toEqual({})
  expect(sockets.length).toBe(2)
})

test('an agent that goes away is told from a machine that does', async () => {
  const directory = makeRunningVm('one')
  await listenAsAgent(
    directory,
    synced((_, socket) => void socket.destroy()),
  )
  const agent = new GuestAgent(directory)
  await expect(agent.call('guest-ping', {})).rejects.toMatchObject({ reason: 'broken' })
  rmSync(join(directory, 'pid'))
  await expect(agent.call('guest-ping', {})).rejects.toMatchObject({
    reason: 'ended',
    message: 'the virtual machine ended',
  })
})

test('a guest whose kernel panicked is not waited for', async () => {
  const directory = makeRunningVm('one')
  await listenAsAgent(directory, () => undefined)
  writeFileSync(join(directory, 'console'), '[   12.345678] Kernel panic - not syncing: VFS: no root\n')
  await expect(new GuestAgent(directory).ready(60_000)).rejects.toMatchObject({
    reason: 'ended',
    message: 'Kernel panic - not syncing: VFS: no root',
  })
})

test('polling is brief at first, and never more than four times a second later', () => {
  const times: number[] = []
  for (const waitMs of pollTimes()) if (times.push(waitMs) === 30) break
  expect([times[0], times.at(-1)]).toEqual([5, 250])
})

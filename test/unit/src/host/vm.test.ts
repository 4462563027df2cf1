import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Request } from '../../../../src/host/host.ts'
import { openVmHost } from '../../../../src/host/vm.ts'
import { openHost } from '../../../../src/hosts.ts'
import { type Call, listenAsAgent, synced } from './agent-server.ts'
import { makeRunningVm, useStateDirectory } from './vm-state.ts'

useStateDirectory()

const run: Request = { kind: 'exec', argv: ['true'] }

test('a machine that does not run is unreachable; those that do are named, and how to start one', async () => {
  makeRunningVm('debian-12')
  makeRunningVm('mine')
  const host = await openHost('vm:debian-13')
  await expect(host.send([run])).rejects.toMatchObject({
    name: 'HostError',
    reason: 'unreachable',
    message:
      'vm:debian-13: no virtual machine of that name is running; those that are: debian-12, mine; ' +
      '`seatrial env start vm:debian-12` starts one',
  })
  await host.close()
})

test('a name that no machine can have is refused at once', async () => {
  await expect(openHost('vm:../x')).rejects.toMatchObject({ name: 'UnknownHost' })
  await expect(openHost('vm:')).rejects.toMatchObject({ name: 'UnknownHost' })
})

test('an agent that refuses to run programs is quoted, with where the console is', async () => {
  const directory = makeRunningVm('locked')
  const refuse = ({ execute }: Call) => (execute === 'guest-exec' ? new Error('disabled') : 5)
  await listenAsAgent(directory, synced(refuse))
  const host = openVmHost('locked')
  await expect(host.send([run])).rejects.toMatchObject({
    reason: 'unreachable',
    message: `vm:locked: the guest agent refused guest-exec: disabled (console: ${join(directory, 'console')})`,
  })
  await host.close()
})

test('a guest whose kernel panicked is unreachable, with the kernel’s words', async () => {
  const directory = makeRunningVm('panicked')
  await listenAsAgent(directory, () => undefined)
  writeFileSync(join(directory, 'console'), '[   12.345678] Kernel panic - not syncing: VFS: no root\n')
  const host = openVmHost('panicked')
  await expect(host.send([run])).rejects.toMatchObject({
    reason: 'unreachable',
    message: expect.stringContaining('Kernel panic - not syncing: VFS: no root'),
  })
  await host.close()
})

test('a batch that is more than the agent takes in one message is refused before anything is done', async () => {
  const directory = makeRunningVm('small')
  const calls: Call[] = []
  await listenAsAgent(
    directory,
    synced(call => calls.push(call)),
  )
  const host = openVmHost('small')
  const content = new Uint8Array(48 << 20)
  await expect(host.send([{ kind: 'write', path: '/x', content }])).rejects.toThrow(
    'a batch of 49 MiB is more than its guest agent takes at once (47 MiB)',
  )
  expect(calls).toEqual([])
  await host.close()
})

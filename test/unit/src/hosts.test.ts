import { expect, test } from 'vitest'
import { openHost, UnknownHost } from '../../../src/hosts.ts'

test('the name of a host is the name that it was opened by', async () => {
  for (const name of ['local:', 'docker:web-1', 'ssh:root@[::1]:2222']) {
    const host = await openHost(name)
    expect(host.name).toBe(name)
    await host.close()
  }
})

test.each([
  '',
  'local',
  'web-1',
  'ftp:web-1',
  'docker:',
  'local:web-1',
  'constructor:x',
  'ssh:',
  'ssh:-oProxyCommand=x',
  'ssh:a:b',
])('the name %o is refused with the names that there are', async name => {
  const refused = openHost(name)
  await expect(refused).rejects.toThrow(UnknownHost)
  await expect(refused).rejects.toThrow(/sim:debian-12[\s\S]*local:[\s\S]*docker:ID/)
})

test.each(['sim:debian-12?bogus=1', 'sim:debian-12?seed=abc', 'sim:debian-12?seed=-1'])(
  'the option of %o is refused, not passed over',
  async name => {
    await expect(openHost(name)).rejects.toThrow(UnknownHost)
  },
)

test('an endless script on a simulated host is ended by an abort', async () => {
  const host = await openHost('sim:debian-12')
  const abort = new AbortController()
  setImmediate(() => abort.abort())
  const script = new TextEncoder().encode('while :; do :; done')
  const endless = host.send([{ kind: 'exec', argv: ['bash', '-s'], stdin: script }], { signal: abort.signal })
  await expect(endless).rejects.toMatchObject({ name: 'HostError', reason: 'closed' })
  const [after] = await host.send([{ kind: 'exec', argv: ['true'] }])
  expect(after).toMatchObject({ kind: 'exec', exitCode: 0 })
})

test('a time limit on the virtual clock ends a busy script', async () => {
  const host = await openHost('sim:debian-12')
  const script = new TextEncoder().encode('while :; do :; done')
  const [reply] = await host.send([{ kind: 'exec', argv: ['bash', '-s'], stdin: script, timeoutMs: 500 }])
  expect(reply).toMatchObject({ kind: 'exec', isTimedOut: true })
})

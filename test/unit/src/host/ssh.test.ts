import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { openSshHost } from '../../../../src/host/ssh.ts'
import { newControlPath } from '../../../../src/host/ssh-client.ts'

afterEach(() => void vi.unstubAllEnvs())

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'ssh-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

const own = `seatrial-${process.getuid?.()}`

test('without an ssh client the host is unreachable, and a person is told what is missing', async () => {
  vi.stubEnv('PATH', '/nonexistent')
  const host = openSshHost('web-1')
  await expect(host.send([{ kind: 'exec', argv: ['true'] }])).rejects.toMatchObject({
    name: 'HostError',
    reason: 'unreachable',
    message: expect.stringMatching(/^ssh:web-1: there is no ssh client/),
  })
  await host.close()
})

test('a host that is closed before anything was sent sends nothing more', async () => {
  const host = openSshHost('web-1')
  await host.close()
  await expect(host.send([])).rejects.toMatchObject({ reason: 'closed' })
})

test('a control connection lies where only its user can go', () => {
  const place = directory()
  vi.stubEnv('XDG_RUNTIME_DIR', place)
  expect(newControlPath()).toMatch(new RegExp(`^${place}/${own}/ssh-[0-9a-f]{12}$`))
  expect(newControlPath()).not.toBe(newControlPath())
})

test.each([
  ['others may enter', (path: string) => chmodSync(path, 0o755)],
  [
    'leads elsewhere',
    (path: string) => renameSync(path, `${path}-there`) ?? symlinkSync(`${path}-there`, path),
  ],
])('a directory that %s is not used for it', (_, spoil) => {
  const place = directory()
  mkdirSync(join(place, own), { mode: 0o700 })
  spoil(join(place, own))
  vi.stubEnv('XDG_RUNTIME_DIR', place)
  expect(newControlPath()).not.toContain(place)
})

test.each([
  ['a path too long for a socket', 'x'.repeat(90)],
  ['a path with a space', 'a b'],
  ['a path with a sign that ssh would expand', 'a%h'],
])('%s is not used for it', (_, name) => {
  const place = join(directory(), name)
  mkdirSync(place)
  vi.stubEnv('XDG_RUNTIME_DIR', place)
  expect(newControlPath()).not.toContain(place)
  expect(readdirSync(place)).toEqual([])
})

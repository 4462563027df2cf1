import { expect, test } from 'vitest'
import { EnvProgress } from '../../../../src/cli/env-progress.ts'
import { environmentTable, sizeText } from '../../../../src/cli/env-report.ts'
import { FakeClock, FakeTerminal, seatrial } from './fake-terminal.ts'

test('sizes are megabytes, and gigabytes from one on', () => {
  expect([0, 1, 312_400_000, 999_499_999, 1_389_329_488].map(sizeText)).toEqual([
    '0 MB',
    '1 MB',
    '312 MB',
    '999 MB',
    '1.4 GB',
  ])
})

test('what is missing is said once for all environments of a kind', () => {
  const row = { isBuilt: false, sizeBytes: 0, state: 'absent', missing: 'no QEMU' } as const
  const table = environmentTable([
    { name: 'docker:debian-12', isBuilt: true, sizeBytes: 312e6, state: 'running' },
    { name: 'vm:debian-11', ...row },
    { name: 'vm:debian-12', ...row },
  ])
  expect(table.split('\n')).toEqual([
    'NAME              BUILT      SIZE    STATE',
    'docker:debian-12  built      312 MB  running',
    'vm:debian-11      not built  -       -',
    'vm:debian-12      not built  -       -',
    'vm: no QEMU',
    '',
  ])
})

test('an environment that is not there is a mistake on the command line, and those there are are named', async () => {
  const { exitStatus, stderr } = await seatrial(['env', 'start', 'vm:debian-1'])
  expect(exitStatus).toBe(64)
  expect(stderr).toMatch(/no environment "vm:debian-1"; there are docker:debian-11, .*vm:debian-14/)
})

test.each(['start', 'stop', 'rm'])('env %s without a name does nothing to all of them', async verb => {
  expect((await seatrial(['env', verb])).exitStatus).toBe(64)
})

test('without a terminal each step is a line, once', () => {
  const terminal = new FakeTerminal()
  const progress = new EnvProgress('vm:debian-13', { terminal, clock: new FakeClock(), isShown: true })
  progress.starting(['mmdebstrap', '--quiet'])
  progress.starting(['true'])
  progress.starting(['mmdebstrap', '--quiet'])
  progress.starting(['docker', '-H', 'unix:///x', 'import', 'a.tar'])
  progress.end()
  expect(terminal.stdout).toBe('vm:debian-13  unpacking Debian packages\nvm:debian-13  importing the image\n')
})

test('on a terminal there is one line with the time, and nothing of it stays', () => {
  const [terminal, clock] = [new FakeTerminal({ isInteractive: true }), new FakeClock()]
  const progress = new EnvProgress('vm:debian-13', { terminal, clock, isShown: true })
  progress.starting(['mke2fs'])
  clock.advance(2500)
  progress.end()
  expect(terminal.stdout).toBe(
    '\r\x1b[Kvm:debian-13  making a file system  0 s\r\x1b[Kvm:debian-13  making a file system  2 s\r\x1b[K',
  )
})

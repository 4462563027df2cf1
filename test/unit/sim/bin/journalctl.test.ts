import { beforeEach, expect, it } from 'vitest'
import type { Machine } from '../../../../sim/machine.ts'
import { Unsimulated } from '../../../../src/host/host.ts'
import { boot, put, run } from '../../../simulated.ts'

const fresh = await boot('debian-12-container')
let machine: Machine

beforeEach(async () => {
  machine = fresh.fork()
  put(machine, '/etc/systemd/system/a.service', '[Service]\nType=oneshot\nExecStart=/bin/echo hello\n')
  await run(machine, ['systemctl', 'start', 'a'])
})

const journalctl = async (...words: readonly string[]): Promise<string> =>
  (await run(machine, ['journalctl', '--no-pager', ...words])).stdout

it('-u has what PID 1 says of a unit and what the unit says itself', async () => {
  expect(await journalctl('-u', 'a', '-o', 'cat')).toBe(
    'Starting a.service...\nhello\na.service: Deactivated successfully.\nFinished a.service.\n',
  )
})

it('a line has its day, time, host, program and pid', async () => {
  const lines = (await journalctl('-u', 'a.service')).split('\n')
  expect(lines[1]).toMatch(/^[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d debian-12 echo\[\d+\]: hello$/)
})

it('-n takes the last lines, -r turns them round', async () => {
  expect(await journalctl('-u', 'a', '-o', 'cat', '-n', '2')).toBe(
    'a.service: Deactivated successfully.\nFinished a.service.\n',
  )
  expect(await journalctl('-u', 'a', '-o', 'cat', '-n1', '-r')).toBe('Finished a.service.\n')
})

it('where nothing is written it says so, and with -q nothing', async () => {
  expect(await journalctl('-u', 'nothere')).toBe('-- No entries --\n')
  expect(await journalctl('-q', '-u', 'nothere')).toBe('')
})

it.each([['-k'], ['-p', 'err'], ['-o', 'json'], ['-b-1'], ['-x']])(
  '%s is not passed over',
  async (...options) => {
    await expect(run(await boot('debian-12'), ['journalctl', ...options])).rejects.toThrow(Unsimulated)
  },
)

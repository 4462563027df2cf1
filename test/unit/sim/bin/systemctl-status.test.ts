import { beforeEach, expect, it } from 'vitest'
import type { Machine } from '../../../../sim/machine.ts'
import { boot, put, run } from '../../../simulated.ts'

const fresh = await boot('debian-12-container')
let machine: Machine

beforeEach(() => {
  machine = fresh.fork()
})

const status = (...words: readonly string[]) => run(machine, ['systemctl', 'status', ...words])
const unit = (text: string): void => put(machine, '/etc/systemd/system/a.service', text)

it('a running service has exit status 0, its main process and its last lines', async () => {
  unit('[Unit]\nDescription=Sleeper\nDocumentation=man:sleep(1)\n[Service]\nExecStart=/bin/sleep 1000\n')
  await run(machine, ['systemctl', 'start', 'a'])
  const { exitCode, stdout } = await status('a')
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(
    /^\* a\.service - Sleeper\n {5}Loaded: loaded \(\/etc\/systemd\/system\/a\.service; static\)\n/,
  )
  expect(stdout).toMatch(/\n {5}Active: active \(running\) since \w+ [\d-]+ [\d:]+ UTC; \d+m?s ago\n/)
  expect(stdout).toMatch(/\n {7}Docs: man:sleep\(1\)\n {3}Main PID: \d+ \(sleep\)\n/)
  expect(stdout).toMatch(/systemd\[1\]: Started a\.service - Sleeper\.\n$/)
})

it('a failed one has exit status 3 and says how its process ended', async () => {
  unit('[Service]\nType=oneshot\nExecStart=/bin/false\n')
  await run(machine, ['systemctl', 'start', 'a'])
  const { exitCode, stdout } = await status('a')
  expect(exitCode).toBe(3)
  expect(stdout).toContain('     Active: failed (Result: exit-code) since ')
  expect(stdout).toMatch(/\n {4}Process: \d+ ExecStart=\/bin\/false \(code=exited, status=1\/FAILURE\)\n/)
})

it('a unit that is not there has exit status 4', async () => {
  expect(await status('nothere')).toEqual({
    exitCode: 4,
    stdout: '',
    stderr: 'Unit nothere.service could not be found.\n',
  })
})

import { expect, it } from 'vitest'
import { Unsimulated } from '../../../../src/host/host.ts'
import { boot, run } from '../../../simulated.ts'

it('ps -p tells of one process what is asked for', async () => {
  const machine = await boot('debian-12-container')
  expect((await run(machine, ['ps', '-p', '1', '-o', 'pid,ppid,comm,args'])).stdout).toBe(
    '    PID    PPID COMMAND         COMMAND\n      1       0 systemd         /sbin/init\n',
  )
  expect((await run(machine, ['ps', '-o', 'comm=', '-p', '1'])).stdout).toBe('systemd\n')
})

it('ps -C of a name that nobody has exits 1', async () => {
  expect(await run(await boot('debian-12-container'), ['ps', '-C', 'nothere'])).toEqual({
    exitCode: 1,
    stdout: '    PID TTY          TIME CMD\n',
    stderr: '',
  })
})

it('what is not kept of a process is not invented', async () => {
  await expect(run(await boot('debian-12-container'), ['ps', 'aux'])).rejects.toThrow(Unsimulated)
})

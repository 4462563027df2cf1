import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

it('pgrep finds processes by a pattern of their names, and never itself', async () => {
  const machine = await boot('debian-12-container')
  expect((await run(machine, ['pgrep', '-a', '-x', 'systemd'])).stdout).toBe('1 /sbin/init\n')
  expect(await run(machine, ['pgrep', 'pgrep'])).toEqual({ exitCode: 1, stdout: '', stderr: '' })
})

it('pkill ends what it finds, and exits 1 where there is nothing', async () => {
  const machine = await boot('debian-12-container')
  const script = 'sleep 100 & pkill -x sleep; echo $?; wait; pkill -x sleep; echo $?'
  expect((await run(machine, ['bash', '-c', script])).stdout).toBe('0\n1\n')
})

it('pgrep without anything to look for exits 2', async () => {
  expect((await run(await boot('debian-12-container'), ['pgrep'])).exitCode).toBe(2)
})

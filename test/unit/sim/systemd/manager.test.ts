import { expect, it } from 'vitest'
import type { Machine } from '../../../../sim/machine.ts'
import { resumeMachine, saveMachine } from '../../../../sim/save.ts'
import { boot, imageOf, put, run } from '../../../simulated.ts'

const IMAGE = 'debian-12-container'
const base = await boot(IMAGE)

const unit = (machine: Machine, name: string, text: string): void =>
  put(machine, `/etc/systemd/system/${name}`, text)

async function show(machine: Machine, property: string, name: string): Promise<string> {
  const { stdout } = await run(machine, ['systemctl', 'show', '-p', property, '--value', name])
  return stdout.trim()
}

const systemctl = (machine: Machine, ...words: readonly string[]) => run(machine, ['systemctl', ...words])

it('a fork goes on with the services of its machine, and leaves that one alone', async () => {
  const fork = base.fork()
  const before = await show(fork, 'MainPID', 'containerd')
  expect((await systemctl(fork, 'restart', 'containerd')).exitCode).toBe(0)
  expect(await show(fork, 'MainPID', 'containerd')).not.toBe(before)
  expect(await show(base.fork(), 'MainPID', 'containerd')).toBe(before)
})

it('a restart that is due outlives whoever started the service, a fork and a saved machine', async () => {
  const machine = base.fork()
  unit(machine, 'flap.service', '[Service]\nExecStart=/bin/false\nRestart=always\nRestartSec=30\n')
  await systemctl(machine, 'start', 'flap')
  await machine.sleep(1e9)
  expect(await show(machine, 'SubState', 'flap')).toBe('auto-restart')
  for (const other of [machine.fork(), resumeMachine(saveMachine(machine), imageOf(IMAGE))]) {
    await other.sleep(31e9)
    expect(await show(other, 'NRestarts', 'flap')).toBe('1')
  }
  expect(await show(machine, 'NRestarts', 'flap')).toBe('0')
})

it('a daemon that is killed is restarted, with the state of its unit in between', async () => {
  const machine = base.fork()
  const pid = Number(await show(machine, 'MainPID', 'containerd'))
  machine.kill(pid, 'KILL')
  expect(await show(machine, 'SubState', 'containerd')).toBe('auto-restart')
  expect(await show(machine, 'Result', 'containerd')).toBe('signal')
  await machine.sleep(6e9)
  expect(await show(machine, 'ActiveState', 'containerd')).toBe('active')
  expect(await show(machine, 'NRestarts', 'containerd')).toBe('1')
})

it('a start that hangs can be stopped, and the one who waits for it is told', async () => {
  const machine = base.fork()
  unit(machine, 'hangs.service', '[Service]\nType=oneshot\nExecStart=/bin/sleep 1000\n')
  await systemctl(machine, 'start', '--no-block', 'hangs')
  expect(await show(machine, 'ActiveState', 'hangs')).toBe('activating')
  expect((await systemctl(machine, 'stop', 'hangs')).exitCode).toBe(0)
  expect(await show(machine, 'Result', 'hangs')).toBe('signal')
})

it('stopping a service ends every process of its control group', async () => {
  const machine = base.fork()
  unit(machine, 'family.service', '[Service]\nExecStart=/bin/sh -c "sleep 1000 & sleep 2000"\n')
  await systemctl(machine, 'start', 'family')
  await machine.sleep(1e9)
  const own = () =>
    [...machine.kernel.processes.all.values()].filter(({ cgroup }) => cgroup.endsWith('/family.service'))
  expect(own().length).toBeGreaterThan(1)
  await systemctl(machine, 'stop', 'family')
  expect(own()).toEqual([])
})

it('KillMode=process leaves the others alone', async () => {
  const machine = base.fork()
  unit(
    machine,
    'leaves.service',
    '[Service]\nKillMode=process\nExecStart=/bin/sh -c "sleep 1000 & sleep 2000"\n',
  )
  await systemctl(machine, 'start', 'leaves')
  await machine.sleep(1e9)
  const pid = Number(await show(machine, 'MainPID', 'leaves'))
  await systemctl(machine, 'stop', 'leaves')
  const left = [...machine.kernel.processes.all.values()].filter(({ cgroup }) =>
    cgroup.endsWith('/leaves.service'),
  )
  expect(left.length).toBeGreaterThan(0)
  expect(left.map(process => process.pid)).not.toContain(pid)
  const { stdout } = await run(machine, ['journalctl', '-u', 'leaves', '-o', 'cat', '--no-pager'])
  const [process] = left
  expect(stdout).toContain(
    `Unit process ${process?.pid} (${process?.comm}) remains running after unit stopped.`,
  )
})

it('what changes a start and is not modelled is Unsimulated, never ignored', async () => {
  const machine = base.fork()
  unit(machine, 'odd.service', '[Service]\nDynamicUser=yes\nExecStart=/bin/true\n')
  await expect(systemctl(machine, 'start', 'odd')).rejects.toThrow('DynamicUser= in odd.service')
  unit(machine, 'cond.service', '[Unit]\nConditionEnvironment=A\n[Service]\nExecStart=/bin/true\n')
  await expect(systemctl(machine.fork(), 'start', 'cond')).rejects.toThrow('ConditionEnvironment=')
})

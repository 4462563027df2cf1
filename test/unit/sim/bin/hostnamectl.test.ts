import { expect, it } from 'vitest'
import { Unsimulated } from '../../../../src/host/host.ts'
import { boot, run, text } from '../../../simulated.ts'

const container = await boot('debian-12-container')
const vm = await boot('debian-12')

it('hostnamectl set-hostname writes /etc/hostname, and the name is there after a reboot', async () => {
  const machine = vm.fork()
  expect(await run(machine, ['hostnamectl', 'set-hostname', 'node-1'])).toMatchObject({
    exitCode: 0,
    stderr: '',
  })
  expect(text(machine, '/etc/hostname')).toBe('node-1\n')
  expect((await run(machine, ['hostname'])).stdout).toBe('node-1\n')
  const booted = await machine.reboot()
  expect((await run(booted, ['uname', '-n'])).stdout).toBe('node-1\n')
  expect((await run(booted, ['hostnamectl', '--static'])).stdout).toBe('node-1\n')
})

it('in a container /etc/hostname is a mount, and cannot be replaced', async () => {
  const machine = container.fork()
  const answer = await run(machine, ['hostnamectl', 'set-hostname', 'node-1'])
  expect(answer.exitCode).toBe(1)
  expect(answer.stderr).toContain('Could not set static hostname')
  expect((await run(machine, ['hostname'])).stdout).toBe('debian-12\n')
})

it('the hardware of a virtual machine was not recorded, so its status is not known', async () => {
  await expect(run(vm.fork(), ['hostnamectl'])).rejects.toThrow(Unsimulated)
  expect((await run(container.fork(), ['hostnamectl'])).stdout).toContain('Virtualization: docker')
})

it('a name that no host can have is not simulated', async () => {
  await expect(run(vm.fork(), ['hostnamectl', 'hostname', 'bad_name!'])).rejects.toThrow(Unsimulated)
})

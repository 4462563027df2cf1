import { describe, expect, it } from 'vitest'
import { Unsimulated } from '../../../../src/host/host.ts'
import { boot, run } from '../../../simulated.ts'

const container = await boot('debian-12-container')
const vm = await boot('debian-12')

describe('systemd-detect-virt', () => {
  it('in a container names it, and it is no virtual machine of its own', async () => {
    const { stdout, exitCode } = await run(container.fork(), ['systemd-detect-virt'])
    expect(exitCode).toBe(0)
    expect(await run(container.fork(), ['systemd-detect-virt', '--container'])).toMatchObject({
      stdout,
      exitCode,
    })
    await expect(run(container.fork(), ['systemd-detect-virt', '--vm'])).rejects.toThrow(Unsimulated)
  })

  it('in a virtual machine says that there is no container, with exit status 1', async () => {
    const { stdout } = await run(vm.fork(), ['systemd-detect-virt'])
    expect(await run(vm.fork(), ['systemd-detect-virt', '-v'])).toMatchObject({ stdout, exitCode: 0 })
    expect(await run(vm.fork(), ['systemd-detect-virt', '-c'])).toMatchObject({
      stdout: 'none\n',
      exitCode: 1,
    })
  })

  it('-q tells by the exit status alone, and operands are refused', async () => {
    expect(await run(vm.fork(), ['systemd-detect-virt', '-q'])).toEqual({
      stdout: '',
      stderr: '',
      exitCode: 0,
    })
    expect(await run(vm.fork(), ['systemd-detect-virt', 'x'])).toMatchObject({
      stderr: 'systemd-detect-virt takes no arguments.\n',
      exitCode: 1,
    })
  })
})

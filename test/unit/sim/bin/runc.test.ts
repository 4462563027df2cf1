import { describe, expect, it } from 'vitest'
import { Unsimulated } from '../../../../src/host/host.ts'
import { ContainerdMachine, vmImage } from '../../../parity/containerd-machine.ts'
import { readRecording } from '../../../parity/recorded-containerd.ts'

const recording = readRecording('1.6.20')
const recorded = vmImage.exchanges.find(({ argv }) => argv.join(' ') === 'runc --version')

describe('runc', () => {
  it.each(['--version', '-v'])('%s prints what the recorded host printed', async option => {
    const host = new ContainerdMachine(vmImage, recording)
    expect(await host.run(['runc', option])).toEqual({ exitCode: 0, stdout: recorded?.stdout, stderr: '' })
  })

  it('is not modelled beyond its version', async () => {
    const host = new ContainerdMachine(vmImage, recording)
    await expect(host.run(['runc', 'list'])).rejects.toThrow(Unsimulated)
  })
})

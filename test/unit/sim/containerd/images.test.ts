import { describe, expect, it } from 'vitest'
import { OutputStream } from '../../../../sim/fs/pipe.ts'
import { Process } from '../../../../sim/process.ts'
import { decodeText } from '../../../../src/host/surrogate-escape.ts'
import { bootWithoutInit } from '../../../parity/containerd-machine.ts'
import { imageOf } from '../../../simulated.ts'

describe.each(['debian-12', 'debian-12-container'])('containerd of the image %s', name => {
  const image = imageOf(name)
  const recorded = (command: string): unknown =>
    image.exchanges.find(({ argv }) => argv.join(' ') === command)?.stdout

  /** A command on the image's files, with a daemon started beside it. */
  async function answer(command: string): Promise<string> {
    const machine = bootWithoutInit(image)
    const stdout = new OutputStream()
    const shell = new Process(machine, {
      argv: ['sh'],
      env: new Map([['PATH', '/usr/sbin:/usr/bin:/sbin:/bin']]),
      credentials: machine.rootCredentials,
      files: new Map([
        [1, stdout],
        [2, new OutputStream()],
      ]),
    })
    // What a boot without PID 1 lacks.
    if (!shell.exists('/run/containerd')) shell.mkdir('/run/containerd', 0o711)
    shell.start(process => machine.load(process, '/usr/bin/containerd').program(process), ['containerd'], {
      files: new Map([
        [1, new OutputStream()],
        [2, new OutputStream()],
      ]),
    })
    await machine.sleep(5e9)
    const argv = command.split(' ')
    const child = shell.spawn(shell.which(argv[0] ?? '') ?? '', argv)
    await machine.sleep(20e9)
    if (child.thrown !== undefined) throw child.thrown
    return decodeText(stdout.bytes)
  }

  it.each(['containerd config dump', 'ctr plugins list', 'containerd --version', 'runc --version'])(
    '%s says what it said when the image was recorded',
    async command => {
      expect(await answer(command)).toBe(recorded(command))
    },
  )
})

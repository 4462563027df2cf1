import { expect, it } from 'vitest'
import { run } from '../../../simulated.ts'
import { bareMachine, out, sh } from '../bare-machine.ts'

it('sudo runs a program of root with a clean environment and its own PATH', async () => {
  const machine = bareMachine()
  const said = await run(machine, ['sudo', 'sh', '-c', 'echo $PATH ${X-unset} $SUDO_USER'], {
    env: { X: '1' },
  })
  expect(said.stdout).toBe('/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin unset root\n')
})

it('sudo tee writes what the shell around it reads', async () => {
  expect(await out('echo br_netfilter | sudo tee f >/dev/null; cat f')).toBe('br_netfilter\n')
})

it('sudo of a program that is not there is exit status 1', async () => {
  expect(await sh('sudo nosuch')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'sudo: nosuch: command not found\n',
  })
})

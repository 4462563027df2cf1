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
  expect(await sh('echo "127.0.1.1 $(hostname)" >> /etc/hosts; sudo nosuch')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'sudo: nosuch: command not found\n',
  })
})

it('sudo tells that no address of the host is known, and goes on', async () => {
  const said = await sh('sudo echo done')
  expect(said.stdout).toBe('done\n')
  expect(said.stderr).toMatch(/^sudo: unable to resolve host \S+: Temporary failure in name resolution\n$/)
})

it('sudo runs a program as another user, who may do less', async () => {
  const said = await sh('sudo -u nobody id -un; sudo -u nobody touch /etc/own')
  expect(said.stdout).toBe('nobody\n')
  expect(said.stderr).toContain("touch: cannot touch '/etc/own': Permission denied\n")
})

it('sudo knows no such user', async () => {
  const said = await sh('sudo -u nosuch true')
  expect(said).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'sudo: unknown user nosuch\nsudo: error initializing audit plugin sudoers_audit\n',
  })
})

it('sudo asks another user than root for a password, and there is no terminal to ask at', async () => {
  const said = await sh('sudo -u nobody sudo -n true')
  expect(said.exitCode).toBe(1)
  expect(said.stderr).toMatch(/sudo: a password is required\n$/)
})

import { expect, it } from 'vitest'
import { run } from '../../../simulated.ts'
import { bareMachine, bash } from '../bare-machine.ts'

it('a loop that waits busily for a background job gets there', async () => {
  const said = await bash('(sleep 1; touch /tmp/ready) & while [ ! -e /tmp/ready ]; do :; done; echo there')
  expect(said.stdout).toBe('there\n')
})

it('nothing is left of a script but what it left in the background', async () => {
  const machine = bareMachine()
  const before = machine.kernel.processes.all.size
  await run(machine, ['bash', '-c', 'sleep 1 & cat <(echo x) | tee /tmp/x >/dev/null; wait'])
  expect(machine.kernel.processes.all.size).toBe(before)
})

it('the last command of bash -c takes its place: there is no shell to see above it', async () => {
  const said = await bash('echo $$; exec sh -c "echo \\$\\$"')
  const [first, second] = said.stdout.split('\n')
  expect(second).toBe(first)
})

it('the same script on two forks of a machine says the same, chance and time included', async () => {
  const machine = bareMachine()
  const script = 'echo $RANDOM $(date +%s.%N) $(mktemp); (sleep 0.1; echo a) & (sleep 0.1; echo b) & wait'
  const first = await run(machine.fork(), ['bash', '-c', script])
  expect(await run(machine.fork(), ['bash', '-c', script])).toEqual(first)
})

it('the EXIT trap of bash runs when the time limit of a request ends it', async () => {
  const machine = bareMachine()
  const said = await run(machine, [
    'timeout',
    '1',
    'bash',
    '-c',
    "trap 'echo cleaned' EXIT; sleep 60; echo never",
  ])
  expect(said).toEqual({ exitCode: 124, stdout: 'cleaned\n', stderr: '' })
})

it('a file without #! is a script of the shell that calls it', async () => {
  const said = await bash('printf \'echo "$1" "$0"\\n\' > /root/s; chmod +x /root/s; /root/s a')
  expect(said.stdout).toBe('a /root/s\n')
})

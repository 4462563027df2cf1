import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

const machine = await boot('debian-12-container')

it('update-alternatives sets iptables to the legacy variant, and back', async () => {
  const copy = machine.fork()
  const alternatives = (...words: readonly string[]) => run(copy, ['update-alternatives', ...words])
  expect((await alternatives('--set', 'iptables', '/usr/sbin/iptables-legacy')).stdout).toBe(
    'update-alternatives: using /usr/sbin/iptables-legacy to provide /usr/sbin/iptables (iptables) in manual mode\n',
  )
  expect((await run(copy, ['readlink', '-f', '/usr/sbin/iptables-save'])).stdout).toBe(
    '/usr/sbin/xtables-legacy-multi\n',
  )
  expect((await alternatives('--query', 'iptables')).stdout).toContain(
    'Status: manual\nBest: /usr/sbin/iptables-nft\nValue: /usr/sbin/iptables-legacy\n',
  )
  expect((await alternatives('--auto', 'iptables')).stdout).toBe(
    'update-alternatives: using /usr/sbin/iptables-nft to provide /usr/sbin/iptables (iptables) in auto mode\n',
  )
})

it('update-alternatives refuses what it does not know', async () => {
  const said = (...words: readonly string[]) => run(machine.fork(), ['update-alternatives', ...words])
  expect(await said('--set', 'nope', '/x')).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: 'update-alternatives: error: no alternatives for nope\n',
  })
  expect((await said('--set', 'iptables', '/x')).stderr).toBe(
    'update-alternatives: error: alternative /x for iptables not registered; not setting\n',
  )
})

import { expect, it } from 'vitest'
import { signaturePolicy, wordValue } from '../../../../sim/kernel/command-line.ts'
import { boot, run } from '../../../simulated.ts'

it('the last word of a name counts, dashes and underscores being alike', () => {
  expect(wordValue('a=1 sig-enforce a=2', 'a')).toBe('2')
  expect(wordValue('sig-enforce', 'sig_enforce')).toBe('')
  expect(signaturePolicy('module.sig_enforce=0')).toBe('tainting')
})

it.each([
  [['module.sig_enforce=1'], 'Key was rejected by service'],
  [['lockdown=integrity'], 'Operation not permitted'],
])('with %s a module without a signature is refused', async (cmdline, words) => {
  const machine = await boot('debian-12', { cmdline, unsignedModules: ['dummy'] })
  expect(await run(machine, ['modprobe', 'dummy'])).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: `modprobe: ERROR: could not insert 'dummy': ${words}\n`,
  })
  expect((await run(machine, ['modprobe', 'br_netfilter'])).exitCode).toBe(0)
})

it('without such words a module without a signature taints the kernel', async () => {
  const machine = await boot('debian-12', { unsignedModules: ['dummy'] })
  expect((await run(machine, ['modprobe', 'dummy'])).exitCode).toBe(0)
  expect(machine.kernel.modules.isTainted).toBe(true)
})

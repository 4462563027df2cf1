import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

const machine = await boot('debian-12-container')

it('apt-mark holds packages and lets them go', async () => {
  const copy = machine.fork()
  const mark = async (...words: readonly string[]) => (await run(copy, ['apt-mark', ...words])).stdout
  expect(await mark('hold', 'containerd', 'runc')).toBe('containerd set on hold.\nrunc set on hold.\n')
  expect(await mark('hold', 'containerd')).toBe('containerd was already set on hold.\n')
  expect(await mark('showhold')).toBe('containerd\nrunc\n')
  expect((await run(copy, ['dpkg', '--get-selections', 'runc'])).stdout).toBe('runc\t\t\t\t\t\thold\n')
  expect(await mark('unhold', 'containerd', 'runc')).toBe(
    'Canceled hold on containerd.\nCanceled hold on runc.\n',
  )
  expect(await mark('showhold')).toBe('')
})

it('apt-mark tells packages that were asked for from those that came along', async () => {
  const copy = machine.fork()
  const mark = async (...words: readonly string[]) => (await run(copy, ['apt-mark', ...words])).stdout
  expect(await mark('manual', 'runc')).toBe('runc was already set to manually installed.\n')
  expect(await mark('auto', 'runc')).toBe('runc set to automatically installed.\n')
  expect((await mark('showauto')).split('\n')).toContain('runc')
  expect((await mark('showmanual')).split('\n')).not.toContain('runc')
})

it('apt-mark of a name that nobody knows exits 100', async () => {
  expect(await run(machine.fork(), ['apt-mark', 'hold', 'kubelet'])).toEqual({
    exitCode: 100,
    stdout: '',
    stderr: 'E: Unable to locate package kubelet\nE: No packages found\n',
  })
})

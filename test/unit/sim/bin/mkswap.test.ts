import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

it('a file that mkswap prepared can be swapped to until swapoff', async () => {
  const machine = await boot('debian-12')
  const sh = async (script: string): Promise<string> => (await run(machine, ['sh', '-c', script])).stdout
  await sh(
    'head -c 4194304 /dev/zero >/root/swap && chmod 600 /root/swap && mkswap /root/swap && swapon /root/swap',
  )
  expect(await sh('swapon --show')).toBe('NAME       TYPE SIZE USED PRIO\n/root/swap file   4M   0B   -2\n')
  expect(await sh('free | grep Swap')).toBe('Swap:           4092           0        4092\n')
  expect((await run(machine, ['rm', '/root/swap'])).exitCode).toBe(1)
  expect((await run(machine, ['swapoff', '-a'])).exitCode).toBe(0)
  expect(await sh('swapon --show')).toBe('')
})

it('swap is gone after a reboot', async () => {
  const machine = await boot('debian-12')
  await run(machine, ['sh', '-c', 'head -c 4194304 /dev/zero >/s && chmod 600 /s && mkswap /s && swapon /s'])
  expect(machine.kernel.swaps.all).toHaveLength(1)
  expect((await machine.reboot()).kernel.swaps.all).toEqual([])
})

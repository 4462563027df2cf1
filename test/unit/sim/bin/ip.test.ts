import { expect, it } from 'vitest'
import { Unsimulated } from '../../../../src/host/host.ts'
import { boot, run } from '../../../simulated.ts'

it('ip shows the interfaces that the image has', async () => {
  const machine = await boot('debian-12')
  expect((await run(machine, ['ip', '-br', 'link'])).stdout).toBe(
    'lo               UNKNOWN        00:00:00:00:00:00 <LOOPBACK,UP,LOWER_UP> \n',
  )
  expect(await run(machine, ['ip', 'link', 'show', 'eth0'])).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'Device "eth0" does not exist.\n',
  })
})

it('what would change the network is not modelled', async () => {
  const machine = await boot('debian-12')
  for (const words of [
    'link add br0 type bridge',
    'addr add 10.0.0.1/8 dev lo',
    'route add default via 10.0.0.2',
  ])
    await expect(run(machine, ['ip', ...words.split(' ')])).rejects.toThrow(Unsimulated)
})

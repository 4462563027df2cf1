import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

it('free tells the memory that the image recorded, and of no swap', async () => {
  const machine = await boot('debian-12')
  const { stdout } = await run(machine, ['free'])
  const [header, memory, swap] = stdout.split('\n')
  expect(header).toBe('               total        used        free      shared  buff/cache   available')
  expect(memory?.slice(0, 20)).toBe(`Mem:     ${String(machine.kernel.record.memTotalKiB).padStart(11)}`)
  expect(swap).toBe('Swap:              0           0           0')
})

it('what is written to a tmpfs is memory that is not free any more', async () => {
  const machine = await boot('debian-12')
  const free = async (): Promise<number> =>
    Number((await run(machine, ['free', '-b'])).stdout.split('\n')[1]?.split(/ +/)[3])
  const before = await free()
  await run(machine, ['sh', '-c', 'head -c 1048576 /dev/zero >/run/mega'])
  expect(before - (await free())).toBe(1_048_576)
})

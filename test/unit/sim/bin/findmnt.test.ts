import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('findmnt tells the type of what a path lies in', async () => {
  expect(await out('findmnt -n -o FSTYPE -T /proc/self')).toBe('proc\n')
})

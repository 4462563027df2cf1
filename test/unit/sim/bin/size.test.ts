import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('sizes know decimal and binary units', async () => {
  expect(await out('truncate -s 1kB a; truncate -s 1KiB b; stat -c %s a b')).toBe('1000\n1024\n')
})

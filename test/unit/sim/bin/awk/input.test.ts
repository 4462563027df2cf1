import { expect, it } from 'vitest'
import { out } from '../../bare-machine.ts'

it('a record that ends where a block ends is read whole', async () => {
  const script = `head -c 4095 /dev/zero | tr '\\0' x > f; printf 'Y\\nZ\\n' >> f; awk '{ print length }' f`
  expect(await out(script)).toBe('4096\n1\n')
})

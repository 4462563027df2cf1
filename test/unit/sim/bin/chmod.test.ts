import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('chmod +x heeds the umask, chmod a+x does not', async () => {
  expect(
    await out(
      'umask 027; touch f; chmod 600 f; chmod +x f; stat -c %a f; chmod 600 f; chmod a+x f; stat -c %a f',
    ),
  ).toBe('710\n711\n')
})

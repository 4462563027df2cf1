import { expect, test } from 'vitest'
import { openHost, UnknownHost } from '../../../src/hosts.ts'

test('the name of a host is the name that it was opened by', async () => {
  for (const name of ['local:', 'docker:web-1']) {
    const host = await openHost(name)
    expect(host.name).toBe(name)
    await host.close()
  }
})

test.each(['', 'local', 'web-1', 'ftp:web-1', 'docker:', 'local:web-1', 'constructor:x'])(
  'the name %o is refused with the names that there are',
  async name => {
    const refused = openHost(name)
    await expect(refused).rejects.toThrow(UnknownHost)
    await expect(refused).rejects.toThrow(/sim:debian-12[\s\S]*local:[\s\S]*docker:ID/)
  },
)

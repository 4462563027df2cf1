import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

it.each([
  ['debian-11-container', 'kmod version 28\n-ZSTD +XZ -ZLIB +LIBCRYPTO -EXPERIMENTAL\n'],
  ['debian-12-container', 'kmod version 30\n+ZSTD +XZ -ZLIB +LIBCRYPTO -EXPERIMENTAL\n'],
  ['debian-14-container', 'kmod version 34.2\n+ZSTD +XZ -ZLIB +OPENSSL\n'],
])('on %s every tool of kmod tells its version', async (image, version) => {
  const machine = await boot(image)
  for (const tool of ['modprobe', 'rmmod', 'insmod', 'modinfo', 'depmod', 'kmod'])
    expect(await run(machine, [tool, '--version'])).toEqual({ exitCode: 0, stdout: version, stderr: '' })
})

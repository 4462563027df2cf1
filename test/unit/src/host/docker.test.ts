import { afterEach, expect, test, vi } from 'vitest'
import { openDockerHost } from '../../../../src/host/docker.ts'

afterEach(() => void vi.unstubAllEnvs())

test('without a docker client the host is unreachable, and a person is told what is missing', async () => {
  vi.stubEnv('PATH', '/nonexistent')
  const host = openDockerHost('web-1')
  await expect(host.send([{ kind: 'exec', argv: ['true'] }])).rejects.toMatchObject({
    name: 'HostError',
    reason: 'unreachable',
    message: expect.stringMatching(/^docker:web-1: there is no docker client/),
  })
})

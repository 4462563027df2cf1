import { openDockerHost } from '../../src/host/docker.ts'
import { describeContainer } from '../real.ts'
import { describeHostContract } from './host.ts'
import { run } from './replies.ts'

await describeContainer('debian-12', 'a container', container => {
  describeHostContract('docker:', async () => {
    process.env.DOCKER_HOST = container().dockerHost
    const host = openDockerHost(container().id)
    const scratchDir = (await run(host, 'mktemp', '-d', '/var/tmp/contract-XXXXXX')).trim()
    return { host, scratchDir, close: () => host.close() }
  })
})

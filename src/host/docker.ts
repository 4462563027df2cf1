import { dockerCommand } from './docker-client.ts'
import { startProgram } from './far-shell.ts'
import type { Host } from './host.ts'
import { openShellHost } from './shell-transport.ts'

/**
 * A running container, by id or name, through the docker client; DOCKER_HOST and the client's contexts count as they
 * do on the command line, and where they name none and the default one is not there, Seatrial's own engine. Requests
 * run as the container's own user.
 */
export function openDockerHost(container: string): Host {
  return openShellHost({
    name: `docker:${container}`,
    start: bootstrap =>
      startProgram([...dockerCommand(), 'exec', '-i', '--', container, 'sh', '-c', bootstrap]),
    explain: ({ spawnError, stderr }) => ({
      reason: 'unreachable',
      message: spawnError === undefined ? stderr || 'its shell ended at once' : noClient(spawnError),
    }),
  })
}

const noClient = (spawnError: string): string =>
  spawnError === 'ENOENT'
    ? 'there is no docker client on PATH (Debian has it in docker.io or docker-cli)'
    : `the docker client cannot be started: ${spawnError}`

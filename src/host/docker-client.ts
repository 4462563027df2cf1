import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The engine that Seatrial starts for itself where the machine has none. */
export const PRIVATE_DOCKER_HOST = 'unix:///run/seatrial-dockerd/docker.sock'

const DEFAULT_SOCKET = '/var/run/docker.sock'

/**
 * The docker client's command up to its verb. The engine is the one that the client would take by itself, unless nobody
 * chose one and the default one is not there: then the private one, if that is.
 */
export function dockerCommand(exists: (path: string) => boolean = existsSync): [string, ...string[]] {
  const isChosen = Boolean(process.env.DOCKER_HOST || process.env.DOCKER_CONTEXT) || hasContext()
  const isPrivate =
    !isChosen && !exists(DEFAULT_SOCKET) && exists(PRIVATE_DOCKER_HOST.slice('unix://'.length))
  return isPrivate ? ['docker', '-H', PRIVATE_DOCKER_HOST] : ['docker']
}

/** Whether `docker context use` chose an engine (config.json, currentContext); a file that cannot be read is the client's to report. */
function hasContext(): boolean {
  const path = join(process.env.DOCKER_CONFIG || join(homedir(), '.docker'), 'config.json')
  if (!existsSync(path)) return false
  return /"currentContext"\s*:\s*"(?!default")[^"]/.test(readFileSync(path, 'utf8'))
}

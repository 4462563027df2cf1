import { mustRun, run } from './command.ts'
import { containerImage } from './container-image.ts'
import { cgroupVersion, keepEngineFor } from './docker-engine.ts'
import { EnvironmentMissing } from './environment-missing.ts'
import type { Release } from './release.ts'
import {
  assertCgroup,
  CAPABILITIES,
  INIT,
  NAME_SERVER,
  SECURITY_OPTIONS,
  SETTLE,
  STOP_SIGNAL,
  TMPFS,
} from './systemd-container.ts'

/** On a container that a person started: it is theirs to stop, and no test run removes it. */
const LABEL = 'seatrial.environment'

/** A container that was launched is there under its release's name, running or stopped, or it is not. */
export type ContainerState = 'running' | 'stopped' | 'absent'

/**
 * Starts a container that outlives this process and is named as its release, through the docker client: a new one, or the
 * one that was stopped, with its files. Resolves when its systemd is `running`; one that runs already is left alone.
 */
export async function launchContainer(release: Release, dockerHost: string): Promise<void> {
  const state = await containerState(release.name, dockerHost)
  if (state === 'running') return
  assertCgroup(release, 'unified', await cgroupVersion(dockerHost))
  if (state === 'absent') {
    const tag = await containerImage(release, dockerHost)
    await mustRun(['docker', '-H', dockerHost, 'create', ...containerArguments(release.name, tag)])
  }
  try {
    await mustRun(['docker', '-H', dockerHost, 'start', release.name])
    await keepEngineFor(release.name, dockerHost)
    await settle(release.name, dockerHost)
  } catch (error) {
    if (state === 'absent') await removeContainer(release.name, dockerHost)
    else await run(['docker', '-H', dockerHost, 'kill', release.name])
    throw error
  }
}

/** What follows `docker create`. */
export function containerArguments(name: string, tag: string): string[] {
  return [
    ...['--name', name, '--hostname', name, '--label', `${LABEL}=docker:${name}`],
    ...['--network', 'none', '--dns', NAME_SERVER, '--cgroupns', 'private'],
    ...CAPABILITIES.flatMap(capability => ['--cap-add', capability]),
    ...[...SECURITY_OPTIONS, 'systempaths=unconfined'].flatMap(option => ['--security-opt', option]),
    ...Object.entries(TMPFS).flatMap(([path, options]) => ['--tmpfs', `${path}:${options}`]),
    ...['--stop-signal', STOP_SIGNAL, tag, 'sh', '-c', INIT.unified],
  ]
}

/** Whether there is a container of this name, running or stopped; one that Seatrial did not launch is an error. */
export async function containerState(name: string, dockerHost: string): Promise<ContainerState> {
  const format = `{{.State.Running}} {{index .Config.Labels "${LABEL}"}}`
  const inspect = ['docker', '-H', dockerHost, 'container', 'inspect', '--format', format, name] as const
  const found = await run(inspect)
  if (found.exitCode !== 0) return 'absent'
  const [isRunning, label] = found.stdout.toString('utf8').trim().split(' ')
  if (label !== `docker:${name}`)
    throw new EnvironmentMissing(
      `there is a container ${name} that \`seatrial env\` did not start: rename or remove it`,
    )
  return isRunning === 'true' ? 'running' : 'stopped'
}

/** Shuts it down as its operator would; its files stay. */
export async function stopContainer(name: string, dockerHost: string): Promise<void> {
  await mustRun(['docker', '-H', dockerHost, 'stop', '--time', '10', name])
}

/** Ends it at once, and removes it with its files. */
export async function removeContainer(name: string, dockerHost: string): Promise<void> {
  await run(['docker', '-H', dockerHost, 'rm', '--force', '--volumes', name])
}

async function settle(name: string, dockerHost: string): Promise<void> {
  const exec = ['docker', '-H', dockerHost, 'exec', name] as const
  const { stdout, stderr } = await run([...exec, 'sh', '-c', SETTLE], { timeoutMs: 60_000 })
  const state = stdout.toString('utf8').trim()
  if (state === 'running') return
  const failed = await run([...exec, 'systemctl', '--failed', '--plain', '--no-legend'])
  throw new EnvironmentMissing(
    `systemd in docker:${name} is ${state || stderr.toString('utf8').trim()}:\n${failed.stdout}`,
  )
}

import { hostname } from 'node:os'
import type { GenericContainer, StartedTestContainer } from 'testcontainers'
import { isRunning } from './cache.ts'
import { type Finished, mustRun, run } from './command.ts'
import { containerImage } from './container-image.ts'
import { cgroupVersion, type DockerEngine, dockerEngine } from './docker-engine.ts'
import { readRelease, withPackages } from './release.ts'
import {
  assertCgroup,
  CAPABILITIES,
  type CgroupHierarchy,
  INIT,
  NAME_SERVER,
  SECURITY_OPTIONS,
  SETTLE,
  STOP_SIGNAL,
  TMPFS,
} from './systemd-container.ts'

/** A container whose systemd has settled. */
export interface StartedContainer {
  readonly id: string
  /** `docker:ID`, as the command line takes it. */
  readonly name: string
  /** What DOCKER_HOST has to be for `docker:ID` to reach it. */
  readonly dockerHost: string
  /** Runs a program in it as root. */
  exec(argv: readonly string[], stdin?: Uint8Array): Promise<Finished>
  /** Ends and removes it. */
  stop(): Promise<void>
}

export interface StartContainerOptions {
  /** `unified` (the default) or the machine's own hierarchy, where that is v1. */
  readonly cgroup?: CgroupHierarchy
  /** Debian packages it has besides its release's own (`openssh-server`): an image of its own, built when first asked for. */
  readonly packages?: readonly string[]
}

const OWNER_LABEL = 'seatrial.owner'

/** Starts a release's container, without a network, and waits until `systemctl is-system-running` is `running`. */
export async function startContainer(
  name: string,
  options: StartContainerOptions = {},
): Promise<StartedContainer> {
  const release = withPackages(readRelease(name), options.packages ?? [])
  const engine = await dockerEngine()
  try {
    assertCgroup(release, options.cgroup ?? 'unified', await cgroupVersion(engine.dockerHost))
    const tag = await containerImage(release, engine.dockerHost)
    await removeLeftOvers(engine.dockerHost)
    const described = await describe(tag, name, { ...options, dockerHost: engine.dockerHost })
    return await settled(handle(await described.start(), engine))
  } catch (error) {
    engine.stop()
    throw error
  }
}

async function describe(
  tag: string,
  name: string,
  options: { dockerHost: string; cgroup?: CgroupHierarchy },
): Promise<GenericContainer> {
  const { SystemdContainer } = await loadTestcontainers(options.dockerHost)
  return new SystemdContainer(tag)
    .withHostname(name)
    .withNetworkMode('none')
    .withAddedCapabilities(...CAPABILITIES)
    .withSecurityOpt(...SECURITY_OPTIONS)
    .withTmpFs(TMPFS)
    .withLabels({ [OWNER_LABEL]: `${process.pid}@${hostname()}` })
    .withCommand(['sh', '-c', INIT[options.cgroup ?? 'unified']])
}

/**
 * testcontainers is dear to load and reads its settings from the environment: the engine; no reaper, whose image
 * comes from a registry (`removeLeftOvers` does its work); no bridge network to find out an address for.
 */
async function loadTestcontainers(dockerHost: string) {
  process.env.DOCKER_HOST = dockerHost
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true'
  process.env.TESTCONTAINERS_HOST_OVERRIDE = '127.0.0.1'
  const { GenericContainer, Wait } = await import('testcontainers')

  /**
   * `systempaths=unconfined` is the docker command's own word: the API takes two empty lists instead.
   */
  class SystemdContainer extends GenericContainer {
    constructor(image: string) {
      super(image)
      Object.assign(this.hostConfig, {
        MaskedPaths: [],
        ReadonlyPaths: [],
        CgroupnsMode: 'private',
        Dns: [NAME_SERVER],
      })
      this.createOpts.StopSignal = STOP_SIGNAL
      this.withWaitStrategy(Wait.forListeningPorts())
    }
  }
  return { SystemdContainer }
}

function handle(started: StartedTestContainer, engine: DockerEngine): StartedContainer {
  const [id, { dockerHost }] = [started.getId(), engine]
  return {
    id,
    name: `docker:${id}`,
    dockerHost,
    exec: (argv, stdin) => {
      const options = ['-e', 'LC_ALL=C', ...(stdin === undefined ? [] : ['-i'])]
      const docker = ['docker', '-H', dockerHost, 'exec', ...options, id] as const
      return run([...docker, ...argv], stdin === undefined ? {} : { stdin })
    },
    stop: async () => {
      await started.stop({ timeout: 2_000, remove: true, removeVolumes: true })
      engine.stop()
    },
  }
}

async function settled(container: StartedContainer): Promise<StartedContainer> {
  const { stdout, stderr } = await container.exec(['sh', '-c', SETTLE])
  const state = stdout.toString().trim()
  if (state === 'running') return container
  const failed = await container.exec(['systemctl', '--failed', '--plain', '--no-legend'])
  await container.stop()
  throw new Error(`systemd in ${container.name} is ${state || stderr.toString().trim()}:\n${failed.stdout}`)
}

/** Removes what a run that ended badly left: containers whose owner, a process of this machine, is gone. */
async function removeLeftOvers(dockerHost: string): Promise<void> {
  const format = `{{.ID}} {{.Label "${OWNER_LABEL}"}}`
  const list = await mustRun([
    'docker',
    '-H',
    dockerHost,
    'ps',
    '-a',
    '--filter',
    `label=${OWNER_LABEL}`,
    '--format',
    format,
  ])
  for (const line of list.split('\n').filter(text => text !== '')) {
    const [id, owner] = line.split(' ')
    const [pid, machine] = owner?.split('@') ?? []
    if (id && machine === hostname() && !isRunning(Number(pid))) {
      await run(['docker', '-H', dockerHost, 'rm', '--force', '--volumes', id])
    }
  }
}

import { hostname } from 'node:os'
import type { GenericContainer, StartedTestContainer } from 'testcontainers'
import { isRunning } from './cache.ts'
import { type Finished, mustRun, run } from './command.ts'
import { containerImage } from './container-image.ts'
import { type DockerEngine, dockerEngine } from './docker-engine.ts'
import { readRelease, withPackages } from './release.ts'

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
  readonly cgroup?: 'unified' | 'machine'
  /** Debian packages it has besides its release's own (`openssh-server`): an image of its own, built when first asked for. */
  readonly packages?: readonly string[]
}

/**
 * What systemd and containerd need short of `--privileged`, which fails on a machine whose root lacks one capability
 * (CAP_SYS_RESOURCE in many sandboxes).
 */
const CAPABILITIES =
  `AUDIT_CONTROL AUDIT_READ BLOCK_SUSPEND DAC_READ_SEARCH IPC_LOCK IPC_OWNER LEASE LINUX_IMMUTABLE
  MAC_ADMIN MAC_OVERRIDE NET_ADMIN NET_BROADCAST SYSLOG SYS_ADMIN SYS_BOOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE
  SYS_RAWIO SYS_TIME SYS_TTY_CONFIG WAKE_ALARM`.split(/\s+/)

const OWNER_LABEL = 'seatrial.owner'

/**
 * What makes a container's cgroups writable before systemd takes over as PID 1. Both stay in its own cgroup namespace: with
 * the machine's `/sys/fs/cgroup` bound in, systemd finds itself at `/../..` there, makes its slices at the machine's
 * root, which nobody removes, and journald of systemd 257 does not start (recorded).
 */
const INIT = {
  unified: 'umount -R /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec /sbin/init',
  machine: `for mount in $(sed -n 's#^[^ ]* \\(/sys/fs/cgroup[^ ]*\\) .*#\\1#p' /proc/mounts); do
    mount -o remount,bind,rw "$mount" || exit
  done; exec /sbin/init`,
} as const

/** Waits for the private socket of PID 1, then for the end of its boot; prints its state. */
const SETTLE = 'until [ -S /run/systemd/private ]; do sleep 0.05; done; systemctl is-system-running --wait'

/** Starts a release's container, without a network, and waits until `systemctl is-system-running` is `running`. */
export async function startContainer(
  name: string,
  options: StartContainerOptions = {},
): Promise<StartedContainer> {
  const release = withPackages(readRelease(name), options.packages ?? [])
  const engine = await dockerEngine()
  try {
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
  options: { dockerHost: string; cgroup?: 'unified' | 'machine' },
): Promise<GenericContainer> {
  const { SystemdContainer } = await loadTestcontainers(options.dockerHost)
  return new SystemdContainer(tag)
    .withHostname(name)
    .withNetworkMode('none')
    .withAddedCapabilities(...CAPABILITIES)
    .withSecurityOpt('seccomp=unconfined', 'apparmor=unconfined')
    .withTmpFs({
      '/run': 'rw,nosuid,nodev,mode=755',
      '/run/lock': 'rw,nosuid,nodev,noexec',
      '/tmp': 'rw,nosuid,nodev',
    })
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
   * `systempaths=unconfined` is the docker command's own word: the API takes two empty lists instead. SIGRTMIN+3 is
   * halt.target (systemd(1)). Without a name server of its own it would get the machine's resolv.conf.
   */
  class SystemdContainer extends GenericContainer {
    constructor(image: string) {
      super(image)
      Object.assign(this.hostConfig, {
        MaskedPaths: [],
        ReadonlyPaths: [],
        CgroupnsMode: 'private',
        Dns: ['127.0.0.1'],
      })
      this.createOpts.StopSignal = 'SIGRTMIN+3'
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

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { PRIVATE_DOCKER_HOST } from '../src/host/docker-client.ts'
import { cacheDirectory, withLock } from './cache.ts'
import { isInstalled, mustRun, run } from './command.ts'
import { EnvironmentMissing } from './environment-missing.ts'
import { holdLock } from './file-lock.ts'
import { sourceDirectory } from './source-directory.ts'

/** A Docker Engine that answers. */
export interface DockerEngine {
  /** What DOCKER_HOST is set to for it. */
  readonly dockerHost: string
  /** Lets go of it: a private engine ends when its last user has, one that was there before is left alone. */
  stop(): void
}

const RUN = '/run/seatrial-dockerd'
const PRIVATE_HOST = PRIVATE_DOCKER_HOST
const DEFAULT_HOST = 'unix:///var/run/docker.sock'

/**
 * The engine that DOCKER_HOST names, the machine's own, or else a private one, started where it does not run yet and
 * shared by all processes of this machine that want one. It ends when the last of them has stopped it or ended.
 * Rejects with `EnvironmentMissing` where there can be none.
 */
export async function dockerEngine(): Promise<DockerEngine> {
  const named = process.env.DOCKER_HOST
  if (named !== PRIVATE_HOST) {
    const host = named || DEFAULT_HOST
    if (await isReachable(host)) return { dockerHost: host, stop: () => undefined }
    const missing = named ? `nothing answers at ${named}` : await missingForPrivateEngine()
    if (missing !== undefined) throw new EnvironmentMissing(`no Docker Engine can be reached: ${missing}`)
  }
  mkdirSync(RUN, { recursive: true, mode: 0o700 })
  return withLock('dockerd', async () => {
    const lease = await holdLock(`${RUN}/lease`, 'shared')
    const engine = { dockerHost: PRIVATE_HOST, stop: () => lease.release() }
    try {
      if (!(await isReachable(PRIVATE_HOST))) await startPrivateEngine()
      return engine
    } catch (error) {
      engine.stop()
      throw error
    }
  })
}

/** The version of the cgroup hierarchy that an engine's machine mounts: `1` or `2`. */
export async function cgroupVersion(dockerHost: string): Promise<string> {
  return (await mustRun(['docker', '-H', dockerHost, 'info', '--format', '{{.CgroupVersion}}'])).trim()
}

/**
 * Keeps a private engine for as long as a container runs, also when this process has ended: `docker wait` holds a lease of
 * its own. An engine that was there before needs none.
 */
export async function keepEngineFor(container: string, dockerHost: string): Promise<void> {
  if (dockerHost !== PRIVATE_HOST) return
  const wait = 'echo held; exec docker -H "$1" wait -- "$2" >/dev/null'
  const command = ['--shared', '--no-fork', `${RUN}/lease`, 'sh', '-c', wait, 'sh', dockerHost, container]
  const holder = spawn('flock', command, { stdio: ['ignore', 'pipe', 'ignore'], detached: true, cwd: '/' })
  await new Promise((resolve, reject) => {
    holder.stdout.once('data', resolve)
    holder.once('error', reject)
    holder.once('exit', () => reject(new Error(`nobody holds a lease for ${container}`)))
  })
  holder.stdout.destroy()
  holder.unref()
}

async function isReachable(host: string): Promise<boolean> {
  if (host.startsWith('unix://') && !existsSync(host.slice('unix://'.length))) return false
  if (!(await isInstalled('docker'))) return false
  const version = ['docker', '-H', host, 'version', '--format', '{{.Server.Version}}'] as const
  return (await run(version, { timeoutMs: 10_000 })).exitCode === 0
}

/** What a private engine needs, and the packages that bring it; on Debian 13 and later docker.io is without its client. */
const NEEDED: Readonly<Record<string, string>> = {
  docker: 'docker.io, or docker-cli from Debian 13 on,',
  dockerd: 'docker.io',
  flock: 'util-linux',
}

async function missingForPrivateEngine(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'a private one can be started on Linux only'
  if (process.getuid?.() !== 0) return 'only root can start a private one'
  for (const [program, debian] of Object.entries(NEEDED)) {
    if (!(await isInstalled(program)))
      return `${program} is not installed (Debian's package ${debian} has it)`
  }
  return undefined
}

/** Without networks, so that nothing of the machine's is changed: `--ip-forward` would set net.ipv4.ip_forward. */
async function startPrivateEngine(): Promise<void> {
  const data = join(cacheDirectory(), 'docker')
  mkdirSync(data, { recursive: true })
  const log = `${RUN}/dockerd.log`
  const output = openSync(log, 'w')
  const script = join(sourceDirectory, 'dockerd.sh')
  const places = ['--data-root', data, '--exec-root', `${RUN}/exec`, '--pidfile', `${RUN}/dockerd.pid`]
  const modest = ['--bridge=none', '--iptables=false', '--ip-forward=false', '--shutdown-timeout=2']
  const daemon = spawn(script, [`${RUN}/lease`, '-H', PRIVATE_HOST, ...places, ...modest], {
    stdio: ['ignore', output, output],
    detached: true,
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  })
  daemon.unref()
  while (!(await isReachable(PRIVATE_HOST))) {
    if (daemon.exitCode !== null) throw new EnvironmentMissing(`dockerd ended at once: ${lastLine(log)}`)
    await delay(50)
  }
}

function lastLine(log: string): string {
  return readFileSync(log, 'utf8').trim().split('\n').at(-1) ?? 'it said nothing'
}

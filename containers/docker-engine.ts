import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { cacheDirectory, withLock } from './cache.ts'
import { isInstalled, run } from './command.ts'
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
const PRIVATE_HOST = `unix://${RUN}/docker.sock`
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

async function isReachable(host: string): Promise<boolean> {
  if (host.startsWith('unix://') && !existsSync(host.slice('unix://'.length))) return false
  if (!(await isInstalled('docker'))) return false
  const version = ['docker', '-H', host, 'version', '--format', '{{.Server.Version}}'] as const
  return (await run(version, { timeoutMs: 10_000 })).exitCode === 0
}

async function missingForPrivateEngine(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'a private one can be started on Linux only'
  if (process.getuid?.() !== 0) return 'only root can start a private one'
  for (const program of ['docker', 'dockerd', 'flock']) {
    if (!(await isInstalled(program))) return `${program} is not installed`
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

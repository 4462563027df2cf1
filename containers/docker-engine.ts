import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { cacheDirectory, withLock } from './cache.ts'
import { isInstalled, run } from './command.ts'
import { EnvironmentMissing } from './environment-missing.ts'

/** A Docker Engine that answers. */
export interface DockerEngine {
  /** What DOCKER_HOST is set to for it. */
  readonly dockerHost: string
  /** Ends a private engine and all it runs; leaves one that was there before alone. */
  stop(): Promise<void>
}

const RUN = '/run/seatrial-dockerd'
const PRIVATE_HOST = `unix://${RUN}/docker.sock`
const DEFAULT_HOST = 'unix:///var/run/docker.sock'

/**
 * The engine that DOCKER_HOST names, the machine's own, a private one that another process of ours runs, or else a
 * new private one, which ends with this process. Rejects with `EnvironmentMissing` where there can be none.
 */
export async function dockerEngine(): Promise<DockerEngine> {
  const found = await reachableHost()
  if (found !== undefined) return { dockerHost: found, stop: async () => undefined }
  const missing = await missingForPrivateEngine()
  if (missing !== undefined) throw new EnvironmentMissing(`no Docker Engine can be reached, and ${missing}`)
  return withLock('dockerd', async () => {
    if (await isReachable(PRIVATE_HOST)) return { dockerHost: PRIVATE_HOST, stop: async () => undefined }
    return startPrivateEngine()
  })
}

async function reachableHost(): Promise<string | undefined> {
  const named = process.env.DOCKER_HOST
  for (const host of named ? [named] : [DEFAULT_HOST, PRIVATE_HOST]) if (await isReachable(host)) return host
  return undefined
}

async function isReachable(host: string): Promise<boolean> {
  if (host.startsWith('unix://') && !existsSync(host.slice('unix://'.length))) return false
  if (!(await isInstalled('docker'))) return false
  const version = await run(['docker', '-H', host, 'version', '--format', '{{.Server.Version}}'], {
    timeoutMs: 10_000,
  })
  return version.exitCode === 0
}

async function missingForPrivateEngine(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'a private one can be started on Linux only'
  if (process.getuid?.() !== 0) return 'only root can start a private one'
  for (const program of ['docker', 'dockerd', 'setpriv']) {
    if (!(await isInstalled(program))) return `${program} is not installed`
  }
  return undefined
}

/**
 * Without networks, so that nothing of the machine's is changed: `--ip-forward` would set net.ipv4.ip_forward. The
 * kernel sends it SIGTERM when this process ends, however it ends (PR_SET_PDEATHSIG, prctl(2)).
 */
async function startPrivateEngine(): Promise<DockerEngine> {
  const data = join(cacheDirectory(), 'docker')
  mkdirSync(data, { recursive: true })
  mkdirSync(RUN, { recursive: true, mode: 0o700 })
  rmSync(`${RUN}/dockerd.pid`, { force: true })
  const log = `${RUN}/dockerd.log`
  const output = openSync(log, 'w')
  const daemon = spawn(
    'setpriv',
    ['--pdeathsig', 'TERM', 'dockerd', '-H', PRIVATE_HOST]
      .concat(['--data-root', data, '--exec-root', `${RUN}/exec`, '--pidfile', `${RUN}/dockerd.pid`])
      .concat(['--bridge=none', '--iptables=false', '--ip-forward=false', '--shutdown-timeout=2']),
    {
      stdio: ['ignore', output, output],
      detached: true,
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    },
  )
  const ended = new Promise<void>(resolve => daemon.once('exit', () => resolve()))
  daemon.unref()
  while (!(await isReachable(PRIVATE_HOST))) {
    if (daemon.exitCode !== null) throw new EnvironmentMissing(`dockerd ended at once: ${lastLine(log)}`)
    await delay(50)
  }
  return {
    dockerHost: PRIVATE_HOST,
    stop: async () => {
      daemon.ref()
      daemon.kill('SIGTERM')
      await ended
      rmSync(RUN, { recursive: true, force: true })
    },
  }
}

function lastLine(log: string): string {
  return readFileSync(log, 'utf8').trim().split('\n').at(-1) ?? 'it said nothing'
}

import type { Image } from '../../src/format/image.ts'
import { digestOf } from '../../src/host/digest.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { ContainerdClient, ContainerdConnection, ContainerdOptions } from '../bus.ts'
import type { Cell } from '../clock.ts'
import { dumpConfig, readRelease } from '../formats/containerd-config.ts'
import type { ContainerdRelease } from '../formats/containerd-release.ts'
import type { ConfigGeneration } from '../formats/containerd-types.ts'
import { GoError, GoPanic } from '../formats/go-toml/go-error.ts'
import type { GoMap } from '../formats/go-toml/types.ts'
import { Log } from '../formats/logrus.ts'
import type { Process, System } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { deprecationMessage } from './deprecations.ts'
import { DAEMON, serverUuid } from './identity.ts'
import { migrateConfig } from './migrate.ts'
import { startNri } from './nri.ts'
import { startUris } from './registrations.ts'
import { PLUGIN_TYPE as T } from './registry.ts'
import { listen } from './socket.ts'
import { isSkip, type PluginState, Starter } from './starter.ts'
import { applyOptions, applyToProcess, checkTimeouts, loadForDaemon, makeTopDirectories } from './startup.ts'

/** A running containerd: all that its answers are made from. */
export interface ContainerdState {
  readonly daemon: RunningDaemon | undefined
}

/** The state of a machine on which it does not run. */
export const NO_CONTAINERD: ContainerdState = { daemon: undefined }

export interface RunningDaemon {
  readonly pid: number
  /** Path of the gRPC socket. */
  readonly address: string
  readonly root: string
  /** What `config dump` printed of the configuration that it runs with. */
  readonly effectiveConfig: string
  /** The configuration files that it read, with the SHA-256 of what they held. */
  readonly loadedFiles: readonly { readonly path: string; readonly digest: string }[]
  readonly plugins: readonly PluginState[]
  /** What is deprecated and in use, in sentences. */
  readonly deprecations: readonly string[]
}

export interface ContainerdParts {
  readonly system: System
  readonly image: Image
  readonly cell: Cell<ContainerdState>
}

const releases = new WeakMap<Image, ContainerdRelease>()

/** containerd of a machine. */
export class Containerd implements ContainerdClient {
  readonly #system: System
  readonly #image: Image
  readonly #cell: Cell<ContainerdState>

  constructor(parts: ContainerdParts) {
    this.#system = parts.system
    this.#image = parts.image
    this.#cell = parts.cell
  }

  get release(): ContainerdRelease {
    const known = releases.get(this.#image)
    if (known !== undefined) return known
    const release = readRelease(
      this.answerOf(['containerd', '--version']),
      this.answerOf(['containerd', 'config', 'default']),
    )
    releases.set(this.#image, release)
    return release
  }

  startOrder(config: GoMap): readonly string[] {
    return startUris(this.release, config)
  }

  answerOf(argv: readonly string[]): string {
    const wanted = argv.join('\0')
    const exchange = this.#image.exchanges.find(recorded => recorded.argv.join('\0') === wanted)
    if (exchange === undefined || typeof exchange.stdout !== 'string') {
      throw new Unsimulated(argv[0] ?? '', `${argv.slice(1).join(' ')}, which the image does not hold`)
    }
    return exchange.stdout
  }

  isServing(address: string): boolean {
    return this.connect(address) !== undefined
  }

  connect(address: string): ContainerdConnection | undefined {
    const { daemon } = this.#cell.value
    if (daemon === undefined || daemon.address !== address) return undefined
    if (this.#system.kernel.processes.get(daemon.pid) === undefined) return undefined
    if (!this.#exists(address)) return undefined
    const introspection = daemon.plugins.findIndex(
      ({ type, id }) => type === T.grpc && id === 'introspection',
    )
    // 1.4's service tells of the plugins that started before it, and has no word for what is skipped.
    const isOldest = this.release.generation === '1.4'
    const known = isOldest ? daemon.plugins.slice(0, introspection) : daemon.plugins
    return {
      isIntrospected: introspection >= 0 && daemon.plugins[introspection]?.error === undefined,
      deprecations: daemon.deprecations,
      plugins: known.map(({ type, id, platforms, error }) => ({
        type,
        id,
        platforms,
        status: error === undefined ? 'ok' : isSkip(error) && !isOldest ? 'skip' : 'error',
      })),
      uuid: () => serverUuid(this.#system, daemon.root),
    }
  }

  processExited(pid: number, exitCode: number): void {
    const { daemon } = this.#cell.value
    if (daemon?.pid !== pid) return
    this.#cell.value = NO_CONTAINERD
    // grpcServer.Stop closes the listener, which unlinks the socket; the ttrpc socket stays.
    if (exitCode === 0 && this.#exists(daemon.address)) this.#system.fs.unlink(DAEMON, daemon.address)
  }

  *serve(process: Process, options: ContainerdOptions): Blocking<number> {
    const log = new Log({
      write: line => process.complain(line),
      now: () => this.#system.clock.realtimeSeconds,
    })
    try {
      yield* this.#start(process, options, log)
    } catch (error) {
      if (error instanceof GoError) process.complain(`containerd: ${error.message}\n`)
      else if (error instanceof GoPanic)
        process.complain(`panic: ${error.message}\n\ngoroutine 1 [running]:\n`)
      else throw error
      return error instanceof GoPanic ? 2 : 1
    }
    return yield* process.park({ exitCodeOnTerm: 0 })
  }

  *#start(process: Process, options: ContainerdOptions, log: Log): Blocking<void> {
    const { release } = this
    const startedNs = this.#system.clock.monotonicNs
    const loaded = loadForDaemon(process, release, options, log)
    const applied = applyOptions(loaded.config, options, log)
    makeTopDirectories(process, applied, release.generation)
    log.info('starting containerd', { revision: release.revision, version: release.version })
    applyToProcess(process, applied, log)
    checkTimeouts(applied)
    const config = migrateConfig(release, applied, log)
    const starter = new Starter({ process, release, config, log })
    yield* starter.start()
    listen(process, config, log)
    this.#cell.value = {
      daemon: {
        pid: process.pid,
        address: starter.address,
        root: starter.root,
        effectiveConfig: dumpConfig(release, config, {
          order: startUris(release, config),
          log: () => undefined,
        }),
        loadedFiles: digestsOf(process, loaded.files),
        plugins: starter.states,
        deprecations: [...starter.deprecations].map(each => deprecationMessage(release.generation, each)),
      },
    }
    process.notify('READY=1')
    const seconds = (this.#system.clock.monotonicNs - startedNs) / 1e9
    log.info(`containerd successfully booted in ${seconds.toFixed(6)}s`)
    if (starter.states.some(({ id, error }) => id === 'cri' && error === undefined)) {
      tellCriRun(log, release.generation)
      if (release.generation === '1.7' || release.generation === '2.1') startNri(starter)
    }
  }

  #exists(path: string): boolean {
    return this.#system.fs.canAccess(DAEMON, path, 'exists')
  }
}

const digestsOf = (process: Process, paths: readonly string[]): RunningDaemon['loadedFiles'] =>
  paths.map(path => ({ path, digest: digestOf(process.readFile(path)) }))

/** What the CRI service tells while it comes up beside the rest. */
function tellCriRun(log: Log, generation: ConfigGeneration): void {
  for (const message of [
    'Start subscribing containerd event',
    'Start recovering state',
    'Start event monitor',
    ...(generation === '2.1' ? [] : ['Start snapshots syncer']),
    generation === '1.4' ? 'Start cni network conf syncer' : 'Start cni network conf syncer for default',
    'Start streaming server',
  ])
    log.info(message)
}

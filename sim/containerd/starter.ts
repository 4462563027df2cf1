import { decodePlugin, isDisabled } from '../formats/containerd-config.ts'
import { proxyPlugins } from '../formats/containerd-proxies.ts'
import type { ConfigLog } from '../formats/containerd-release.ts'
import {
  asMap,
  type ContainerdRelease,
  pluginId,
  pluginType,
  stringOf,
  stringsOf,
  versionOf,
} from '../formats/containerd-release.ts'
import { joinPath } from '../formats/go-path.ts'
import { GoError } from '../formats/go-toml/go-error.ts'
import type { GoMap } from '../formats/go-toml/types.ts'
import type { Log } from '../formats/logrus.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import type { Deprecation } from './deprecations.ts'
import { initPlugin } from './plugin-init.ts'
import { REGISTRATIONS } from './registrations.ts'
import { type Registration, startOrder, PLUGIN_TYPE as T } from './registry.ts'

/** What became of a plugin: a row of `ctr plugins ls`. */
export interface PluginState {
  readonly type: string
  readonly id: string
  /** `linux/amd64`, or `-`. */
  readonly platforms: string
  /** Why it is not there; a message that says `skip plugin` is no error. */
  readonly error?: string
}

export interface StartOptions {
  readonly process: Process
  readonly release: ContainerdRelease
  /** The loaded configuration with the command line's options over it. */
  readonly config: GoMap
  readonly log: Log
}

/** `server.New`: starts the plugins one after the other. */
export class Starter {
  readonly process: Process
  readonly release: ContainerdRelease
  readonly config: GoMap
  readonly log: Log
  readonly root: string
  readonly state: string
  readonly #states = new Map<string, PluginState>()
  readonly deprecations = new Set<Deprecation>()
  readonly #kept = new Map<string, GoMap>()

  constructor(options: StartOptions) {
    this.process = options.process
    this.release = options.release
    this.config = options.config
    this.log = options.log
    this.root = stringOf(options.config.get('root'))
    this.state = stringOf(options.config.get('state'))
  }

  /** Address of the gRPC socket. */
  get address(): string {
    return stringOf(asMap(this.config.get('grpc')).get('address'))
  }

  get states(): readonly PluginState[] {
    return [...this.#states.values()]
  }

  /** Whether a snapshotter is there and works. */
  hasSnapshotter(name: string): boolean {
    const found = this.states.find(({ type, id }) => type === T.snapshotter && id === name)
    return found !== undefined && found.error === undefined
  }

  /** A plugin's own directory below the root, and below the state directory. */
  rootOf(uri: string): string {
    return joinPath(this.root, uri)
  }

  stateOf(uri: string): string {
    return joinPath(this.state, uri)
  }

  /** `ic.Get`: throws when no plugin of the type is there, or what kept it from starting. */
  get(type: string): void {
    const [first] = this.ofType(type)
    if (first?.error !== undefined) throw new GoError(first.error)
  }

  /** `ic.GetByID`. */
  getById(type: string, id: string): void {
    if (this.release.generation !== '2.1') this.ofType(type)
    const found = this.states.find(state => state.type === type && state.id === id)
    if (found === undefined) throw this.#absent(type, id)
    if (found.error !== undefined) throw new GoError(found.error)
  }

  /** `ic.GetByType`: throws when there is none. */
  ofType(type: string): readonly PluginState[] {
    const found = this.states.filter(state => state.type === type)
    if (found.length === 0) throw this.#absent(type)
    return found
  }

  #absent(type: string, id?: string): GoError {
    if (this.release.generation === '2.1') {
      return new GoError(
        `no plugins registered for ${id === undefined ? type : `${type}.${id}`}: plugin: not found`,
      )
    }
    return new GoError(
      id === undefined
        ? `no plugins registered for ${type}: not found`
        : `no ${type} plugins with id ${id}: not found`,
    )
  }

  /** `ic.GetByType` of 2.1: those that work; throws the first error, or when none is left. */
  working(type: string): readonly PluginState[] {
    const found = this.states.filter(state => state.type === type && !isSkip(state.error ?? ''))
    const failed = found.find(({ error }) => error !== undefined)
    if (failed?.error !== undefined) throw new GoError(failed.error)
    if (found.length === 0) throw this.#absent(type)
    return found
  }

  /** `ic.GetSingle` of 2.1. */
  single(type: string): void {
    if (this.working(type).length > 1) {
      throw new GoError(`multiple plugins registered for ${type}: plugin: multiple instances`)
    }
  }

  /** A plugin's own configuration, which it was told of when it started. */
  configOf(uri: string): GoMap {
    return decodePlugin(this.release, this.config, { uri, log: () => undefined }) ?? new Map()
  }

  /** Remembers that something deprecated is in use. */
  deprecate(...deprecations: readonly Deprecation[]): void {
    for (const deprecation of deprecations) this.deprecations.add(deprecation)
  }

  /** Something that a plugin leaves to those after it. */
  keep(name: string, value: GoMap): void {
    this.#kept.set(name, value)
  }

  kept(name: string): GoMap {
    return this.#kept.get(name) ?? new Map()
  }

  /** Starts what is not disabled. Throws when the daemon cannot go on. */
  *start(): Blocking<void> {
    const required = new Set(stringsOf(this.config.get('required_plugins')))
    const registrations = [...REGISTRATIONS[this.release.generation], ...this.#proxies()]
    for (const registration of startOrder(registrations, uri => isDisabled(this.release, this.config, uri))) {
      const { uri } = registration
      const requiredName =
        versionOf(this.config) === 1n && this.release.generation !== '2.1' ? pluginId(uri) : uri
      const error = yield* this.#startOne(registration)
      if (error === undefined) required.delete(requiredName)
      else if (required.has(requiredName)) throw error.wrap(`load required plugin ${uri}`)
    }
    if (required.size > 0) throw new GoError(`required plugin [${[...required].join(' ')}] not included`)
    this.#tellDeprecations()
  }

  /** A connection each, which is not waited for. */
  #proxies(): readonly Registration[] {
    const { release, config, log } = this
    const proxies = proxyPlugins(release, config, ({ level, message, fields }) =>
      log.write(level, message, fields),
    )
    return proxies.map(proxy => ({ ...proxy, requires: [] }))
  }

  /** `recordConfigDeprecations`, which only says something where nobody keeps them. */
  #tellDeprecations(): void {
    const { generation } = this.release
    if (generation === '1.4' || generation === '1.6' || this.#states.has(`${T.warning}.deprecations`)) return
    if (generation === '2.1') this.log.warn('failed to find warning service to record deprecations')
    else
      this.log.write('warning', 'failed to load warning service to record deprecations', {
        error: `no plugins registered for ${T.warning}: not found`,
      })
  }

  *#startOne(registration: Registration): Blocking<GoError | undefined> {
    const { uri } = registration
    const type = pluginType(uri)
    const isNew = this.release.generation === '2.1'
    if (isNew) this.log.info('loading plugin', { id: uri, type })
    else this.log.info(`loading plugin "${uri}"...`, { type })
    const log = ({ level, message, fields }: ConfigLog): void => this.log.write(level, message, fields)
    const section = decodePlugin(this.release, this.config, { uri, log }) ?? new Map()
    const result = yield* initPlugin(this, uri, section)
    const platforms = (result.isPlatformKnown ? registration.platform : undefined) ?? '-'
    this.#states.set(uri, {
      type,
      id: pluginId(uri),
      platforms,
      ...(result.error === undefined ? {} : { error: result.error.message }),
    })
    if (result.error === undefined) return undefined
    const error = result.error.message
    if (isNew && isSkip(error)) this.log.info('skip loading plugin', { error, id: uri, type })
    else if (isNew) this.log.write('warning', 'failed to load plugin', { error, id: uri, type })
    else if (isSkip(error)) this.log.info(`skip loading plugin "${uri}"...`, { error, type })
    else this.log.warn(`failed to load plugin ${uri}`, { error })
    return result.error
  }
}

/** `ErrSkipPlugin` by its words, as `ctr` tells it. */
export const isSkip = (error: string): boolean => error.includes('skip plugin')

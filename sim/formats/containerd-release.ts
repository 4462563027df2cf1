import type { ConfigGeneration } from './containerd-types.ts'
import type { Files } from './go-path.ts'
import { type GoMap, type GoValue, isGoMap, type StructType } from './go-toml/types.ts'
import type { LogFields } from './logrus.ts'

/** A release of containerd as its two answers describe it: `containerd --version`, `containerd config default`. */
export interface ContainerdRelease {
  readonly generation: ConfigGeneration
  /** `1.6.20~ds1` and `1.6.20~ds1-1+deb12u3`. */
  readonly version: string
  readonly revision: string
  readonly configType: StructType
  /** The configuration that is there before any file: without plugin sections and timeouts. */
  readonly base: GoMap
  readonly pluginTypes: Readonly<Record<string, StructType>>
  /** The defaults of every plugin that has a configuration, by URI. */
  readonly pluginDefaults: ReadonlyMap<string, GoMap>
  readonly timeouts: GoMap
}

/** A log line of logrus that loading makes. */
export interface ConfigLog {
  readonly level: 'warning' | 'error'
  readonly message: string
  readonly fields?: LogFields
}

/** What loading a configuration takes: the files, and where its log goes. */
export interface LoadOptions {
  readonly files: Files
  readonly log: (line: ConfigLog) => void
}

/** A configuration that was loaded, and the files that it came from. */
export interface LoadedConfig {
  readonly config: GoMap
  readonly files: readonly string[]
}

/** A table of the configuration; an empty one where there is none. */
export const asMap = (value: GoValue): GoMap => (isGoMap(value) ? value : new Map())

/** A string of the configuration. */
export const stringOf = (value: GoValue): string => (typeof value === 'string' ? value : '')

/** A string list of the configuration. */
export const stringsOf = (value: GoValue): readonly string[] =>
  Array.isArray(value) ? value.filter(item => typeof item === 'string') : []

/** `Config.GetVersion`. */
export function versionOf(config: GoMap): bigint {
  const version = config.get('version')
  return typeof version === 'bigint' && version !== 0n ? version : 1n
}

/** The type of a plugin's URI, which ends with a version: `io.containerd.sandbox.store.v1`. */
export const pluginType = (uri: string): string => /^.*?\.v\d+(?=\.)/.exec(uri)?.[0] ?? uri

/** The id of a plugin's URI: what follows its type. */
export const pluginId = (uri: string): string => uri.slice(pluginType(uri).length + 1)

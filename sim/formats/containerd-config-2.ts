import { KernelError, strerror } from '../../src/host/errno.ts'
import { migratePlugins, migrateVersion1 } from './containerd-migration.ts'
import {
  asMap,
  type ConfigLog,
  type ContainerdRelease,
  type LoadedConfig,
  type LoadOptions,
  stringOf,
  stringsOf,
} from './containerd-release.ts'
import { PLUGIN_CONFIGS_2, SERVER_CONFIG_2 } from './containerd-types-2.ts'
import { cleanPath, directoryOf, type Files, glob, joinPath } from './go-path.ts'
import { GoError } from './go-toml/go-error.ts'
import { quoteGo } from './go-toml/quote.ts'
import { type GoMap, type GoValue, isGoMap } from './go-toml/types.ts'
import { decodeDocument, type MissingKey, zeroValue } from './go-toml/v2/decode.ts'
import { DecodeError, positionAt, toBytes } from './go-toml/v2/document.ts'
import { encodeDocument } from './go-toml/v2/encode.ts'

/** `version.ConfigVersion`. */
const CONFIG_VERSION = 3n

/** A file that is not there: `config dump` goes on with what it has by then. */
export class MissingFile extends GoError {
  readonly loaded: LoadedConfig

  constructor(path: string, loaded: LoadedConfig) {
    super(`open ${path}: ${strerror('ENOENT').toLowerCase()}`)
    this.loaded = loaded
  }
}

const emptyConfig = (): GoMap => asMap(zeroValue(SERVER_CONFIG_2))

/** The release that printed a default configuration, of those that read TOML with go-toml 2. */
export function readRelease2(
  identity: Pick<ContainerdRelease, 'generation' | 'version' | 'revision'>,
  defaultDocument: string,
): ContainerdRelease {
  const { value: defaults } = decodeDocument(SERVER_CONFIG_2, defaultDocument, emptyConfig())
  const pluginDefaults = new Map<string, GoMap>()
  for (const [uri, section] of asMap(defaults.get('plugins'))) {
    const type = PLUGIN_CONFIGS_2[uri]
    if (type === undefined) throw new Error(`a plugin without a type: ${uri}`)
    const text = encodeDocument({ kind: 'interface' }, asMap(section))
    pluginDefaults.set(uri, withoutEmptyLists(decodeDocument(type, text, asMap(zeroValue(type))).value))
  }
  return {
    ...identity,
    configType: SERVER_CONFIG_2,
    pluginTypes: PLUGIN_CONFIGS_2,
    base: new Map<string, GoValue>([...defaults, ['plugins', undefined], ['timeouts', undefined]]),
    pluginDefaults,
    timeouts: asMap(defaults.get('timeouts')),
  }
}

/** The defaults hold nil for a list that is empty; what prints them makes no difference. */
const withoutEmptyLists = (table: GoMap): GoMap =>
  new Map(
    [...table].map(([key, value]): [string, GoValue] => {
      if (isGoMap(value)) return [key, withoutEmptyLists(value)]
      return [key, Array.isArray(value) && value.length === 0 ? undefined : value]
    }),
  )

/** `config.LoadConfig` of 2.1. Throws `MissingFile` for a file that is not there, of which `config dump` makes nothing. */
export function loadConfig2(
  release: ContainerdRelease,
  path: string,
  { files, log }: LoadOptions,
): LoadedConfig {
  const loaded: string[] = []
  const pending = [path]
  let config = release.base
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    if (loaded.includes(next)) continue
    const current = next
    const text = readConfigText(current, files, { config, files: loaded })
    let file = loadConfigFile(text, current, log)
    const version = file.get('version')
    if (version === 0n || version === 1n) file = migrateVersion1(file, { target: configVersion(config), log })
    config = mergeConfig(config, file)
    loaded.push(current)
    pending.push(...stringsOf(file.get('imports')).flatMap(entry => resolveImport(current, entry, files)))
  }
  validate(config, path)
  return { config, files: loaded }
}

function readConfigText(path: string, files: Files, loaded: LoadedConfig): string {
  try {
    return files.readText(path)
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    if (error.errno === 'ENOENT') throw new MissingFile(path, loaded)
    const words = strerror(error.errno).toLowerCase()
    if (error.errno === 'EISDIR') throw new GoError(`failed to unmarshal TOML: toml: read ${path}: ${words}`)
    throw new GoError(`open ${path}: ${words}`)
  }
}

const STRICT = 'strict mode: fields in the document are missing in the target struct'

function loadConfigFile(text: string, file: string, log: (line: ConfigLog) => void): GoMap {
  const place = (offset: number): { row: number; column: number } => positionAt(toBytes(text), offset)
  const tell = ({ path, offset }: MissingKey): void => {
    const { row, column } = place(offset)
    const fields = { file, row, column, key: path.join(' '), error: STRICT }
    log({ level: 'warning', message: 'Ignoring unknown key in TOML', fields })
  }
  try {
    const { value, missing } = decodeDocument(SERVER_CONFIG_2, text, emptyConfig())
    missing.forEach(tell)
    return value
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const { row, column } = place(error.offset)
    const fields = { file, row, column, error: error.message }
    log({ level: 'error', message: 'Failure unmarshaling TOML', fields })
    throw error.wrap(`failed to unmarshal TOML at row ${row} column ${column}`)
  }
}

/** `resolveImports`: relative to the file that imports. */
function resolveImport(parent: string, entry: string, files: Files): string[] {
  const clean = cleanPath(entry)
  const absolute = clean.startsWith('/') ? clean : joinPath(directoryOf(parent), clean)
  return absolute.includes('*') ? glob(files, absolute) : [absolute]
}

const REPLACED = new Set(['proxy_plugins', 'timeouts', 'stream_processors'])

/**
 * `mergeConfig`: mergo with override. An empty value never overrides, lists take what they do not have yet, plugin
 * sections are merged key by key, entries of the other maps are replaced.
 */
function mergeConfig(to: GoMap, from: GoMap): GoMap {
  const merged = new Map(to)
  for (const [key, value] of from) {
    const old = to.get(key)
    if (isGoMap(value)) {
      if (value.size === 0 && old === undefined) continue
      if (REPLACED.has(key)) merged.set(key, new Map([...asMap(old), ...value]))
      else
        merged.set(key, key === 'plugins' ? mergeTables(asMap(old), value) : mergeConfig(asMap(old), value))
    } else if (Array.isArray(value))
      merged.set(key, [...new Set([...(Array.isArray(old) ? old : []), ...value])])
    else if (value !== '' && value !== 0n && value !== false && value !== undefined) merged.set(key, value)
  }
  return merged
}

/** Tables of any depth; what is no table is replaced. */
function mergeTables(to: GoMap, from: GoMap): GoMap {
  const merged = new Map(to)
  for (const [key, value] of from) {
    const old = to.get(key)
    merged.set(key, isGoMap(value) && isGoMap(old) ? mergeTables(old, value) : value)
  }
  return merged
}

/** `ValidateVersion`. */
function validate(config: GoMap, path: string): void {
  const fail = (message: string): never => {
    throw new GoError(`failed to load TOML from ${path}: ${message}`)
  }
  const version = configVersion(config)
  if (version > CONFIG_VERSION) {
    fail(`expected containerd config version equal to or less than \`${CONFIG_VERSION}\`, got \`${version}\``)
  }
  for (const what of ['disabled', 'required']) {
    const bad = stringsOf(config.get(`${what}_plugins`)).find(id => !id.includes('.'))
    if (bad !== undefined) fail(`invalid ${what} plugin URI ${quoteGo(bad)} expect io.containerd.x.vx`)
  }
}

/** The version of a configuration, which its migration makes the newest. */
export function configVersion(config: GoMap): bigint {
  const version = config.get('version')
  return typeof version === 'bigint' ? version : 0n
}

/** Whether a configuration's plugin sections are of an older version. */
export const isOutdated = (config: GoMap): boolean => configVersion(config) < CONFIG_VERSION

/** The configuration with its plugin sections as version 3 has them; `order` is that in which plugins start. */
export const migrated = (config: GoMap, order: readonly string[]): GoMap =>
  isOutdated(config)
    ? new Map([
        ...config,
        ['version', CONFIG_VERSION],
        ['plugins', config.get('plugins') && migratePlugins(asMap(config.get('plugins')), order)],
      ])
    : config

/** `Config.Decode` of 2.1: the section is written and read again; keys that the plugin does not know are told. */
export function decodePlugin2(
  release: ContainerdRelease,
  config: GoMap,
  { uri, log }: { uri: string; log: (line: ConfigLog) => void },
): GoMap | undefined {
  const defaults = release.pluginDefaults.get(uri)
  const type = release.pluginTypes[uri]
  if (defaults === undefined || type === undefined) return undefined
  const section = asMap(config.get('plugins')).get(uri)
  if (section === undefined) return defaults
  if (!isGoMap(section))
    throw new GoError(`toml: cannot encode array table with non-table: ${stringOf(section)}`)
  const { value, missing } = decodeDocument(type, encodeDocument({ kind: 'interface' }, section), defaults)
  for (const { path } of missing) {
    const fields = { plugin: uri, key: path.join(' '), error: STRICT }
    log({ level: 'warning', message: 'Ignoring unknown key in TOML for plugin', fields })
  }
  return value
}

/** What `containerd config dump` and `containerd config migrate` print. */
export function dumpConfig2(
  release: ContainerdRelease,
  config: GoMap,
  { order, log }: { order: readonly string[]; log: (line: ConfigLog) => void },
): string {
  const current = migrated(config, order)
  const plugins = new Map(asMap(current.get('plugins')))
  const types = new Map<string, GoValue>()
  for (const uri of order) {
    const decoded = decodePlugin2(release, current, { uri, log })
    if (decoded === undefined) continue
    plugins.set(uri, decoded)
    types.set(uri, uri)
  }
  const timeouts = new Map(release.timeouts)
  for (const [name, value] of asMap(config.get('timeouts'))) if (value !== '') timeouts.set(name, value)
  const complete = new Map([
    ...current,
    ['version', CONFIG_VERSION],
    ['plugins', plugins],
    ['timeouts', timeouts],
  ] as const)
  return encodeDocument(typeWithPlugins(release, new Set(types.keys())), complete, { isIndented: true })
}

/** The server's type, with the types of the plugins that were decoded. */
function typeWithPlugins(
  release: ContainerdRelease,
  decoded: ReadonlySet<string>,
): ContainerdRelease['configType'] {
  const fields = release.configType.fields.map(field => {
    if (field.key !== 'plugins') return field
    return { ...field, type: { kind: 'sections', types: release.pluginTypes, decoded } as const }
  })
  return { ...release.configType, fields }
}

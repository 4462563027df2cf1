import { KernelError, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import {
  asMap,
  type ConfigLog,
  type ContainerdRelease,
  type LoadedConfig,
  type LoadOptions,
  pluginId,
  stringsOf,
  versionOf,
} from './containerd-release.ts'
import { type ConfigGeneration, pluginConfigs, serverConfig } from './containerd-types.ts'
import { cleanPath, directoryOf, type Files, glob, joinPath } from './go-path.ts'
import { decodeStruct } from './go-toml/decode.ts'
import { showToml } from './go-toml/encode.ts'
import { GoError } from './go-toml/go-error.ts'
import { type GoTomlRelease, parseToml } from './go-toml/parser.ts'
import { quoteGo } from './go-toml/quote.ts'
import { Tree } from './go-toml/tree.ts'
import {
  type GoMap,
  GoTables,
  type GoType,
  type GoValue,
  isGoMap,
  type StructType,
  zero,
} from './go-toml/types.ts'

/** The go-toml that Debian builds each generation with. */
const goTomlOf = (generation: ConfigGeneration): GoTomlRelease => (generation === '1.6' ? '1.9.4' : '1.9.5')

/** Documents that were parsed: trees are never changed, and hosts of one image read the same files. */
const parsed = new Map<string, Tree>()
const MAX_PARSED = 64

function parseCached(text: string, generation: ConfigGeneration): Tree {
  const key = `${generation}:${text}`
  const known = parsed.get(key)
  if (known !== undefined) return known
  const tree = parseToml(text, goTomlOf(generation))
  const [oldest] = parsed.keys()
  if (parsed.size >= MAX_PARSED && oldest !== undefined) parsed.delete(oldest)
  parsed.set(key, tree)
  return tree
}

/** The release that printed a default configuration, of those that read TOML with go-toml 1.9. */
export function readRelease1(
  identity: Pick<ContainerdRelease, 'generation' | 'version' | 'revision'>,
  defaultDocument: string,
): ContainerdRelease {
  const { generation } = identity
  const configType = serverConfig(generation)
  const pluginTypes = pluginConfigs(generation)
  const tree = parseCached(defaultDocument, generation)
  const defaults = decodeStruct(configType, tree, asMap(zero(configType)))
  return {
    ...identity,
    configType,
    pluginTypes,
    // `config default` prints version 2; the daemon starts from 1 (platformAgnosticDefaultConfig).
    base: new Map<string, GoValue>([
      ...defaults,
      ['version', 1n],
      ['plugins', new Map()],
      ['timeouts', new Map()],
    ]),
    pluginDefaults: readPluginDefaults(asMap(defaults.get('plugins')), pluginTypes),
    timeouts: asMap(defaults.get('timeouts')),
  }
}

function readPluginDefaults(
  sections: GoMap,
  types: Readonly<Record<string, StructType>>,
): ReadonlyMap<string, GoMap> {
  const defaults = new Map<string, GoMap>()
  for (const [uri, section] of sections) {
    const type = types[uri]
    if (type === undefined) throw new Unsimulated('containerd', `the plugin ${uri}`)
    defaults.set(uri, decodeStruct(type, section instanceof Tree ? section : undefined, asMap(zero(type))))
  }
  return defaults
}

/**
 * `config.LoadConfig`: the file at a path, merged over the release's defaults, then its imports over that, breadth
 * first. Throws `GoError` in containerd's words, `GoPanic` where it crashes. Plugin sections stay undecoded.
 */
export function loadConfig1(release: ContainerdRelease, path: string, options: LoadOptions): LoadedConfig {
  const { files, log } = options
  const loaded: string[] = []
  const pending = [path]
  let config = release.base
  let current = path
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    current = next
    if (loaded.includes(current)) continue
    const file = loadConfigFile(release, current, files)
    config = mergeConfig(config, file)
    const imports = stringsOf(file.get('imports')).flatMap(entry =>
      resolveImport(release, current, entry, files),
    )
    loaded.push(current)
    pending.push(...imports)
  }
  const complete = new Map([...config, ['imports', loaded]])
  validate(release, complete, { path: current, log })
  return { config: complete, files: loaded }
}

function loadConfigFile(release: ContainerdRelease, path: string, files: Files): GoMap {
  const tree = wrapError(`failed to load TOML: ${path}`, () =>
    parseCached(readConfigText(path, files), release.generation),
  )
  return wrapError('failed to unmarshal TOML', () =>
    decodeStruct(release.configType, tree, asMap(zero(release.configType))),
  )
}

function readConfigText(path: string, files: Files): string {
  try {
    return files.readText(path)
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    const call = error.errno === 'EISDIR' ? 'read' : 'open'
    throw new GoError(`${call} ${path}: ${strerror(error.errno).toLowerCase()}`)
  }
}

function wrapError<T>(prefix: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw error instanceof GoError ? error.wrap(prefix) : error
  }
}

/** `resolveImports`; 1.6 globs relative patterns from the working directory, 1.7 from the importing file's. */
function resolveImport(release: ContainerdRelease, parent: string, entry: string, files: Files): string[] {
  const clean = cleanPath(entry)
  const absolute = clean.startsWith('/') ? clean : joinPath(directoryOf(parent), clean)
  if (!entry.includes('*')) return [absolute]
  return glob(files, release.generation === '1.6' ? entry : absolute)
}

/**
 * `mergeConfig`: mergo with override and appended slices. An empty value never overrides; lists grow; entries of maps,
 * plugin sections among them, are replaced as a whole.
 */
function mergeConfig(to: GoMap, from: GoMap): GoMap {
  const merged = new Map(to)
  for (const [key, value] of from) {
    const old = to.get(key)
    if (isGoMap(value))
      merged.set(key, isStructKey(key) ? mergeConfig(asMap(old), value) : mergeMaps(old, value))
    else if (Array.isArray(value)) merged.set(key, [...(Array.isArray(old) ? old : []), ...value])
    else if (value !== '' && value !== 0n && value !== false) merged.set(key, value)
  }
  return merged
}

const STRUCT_KEYS = new Set(['grpc', 'ttrpc', 'debug', 'metrics', 'cgroup'])
const isStructKey = (key: string): boolean => STRUCT_KEYS.has(key)
const mergeMaps = (old: GoValue, value: GoMap): GoMap => new Map([...asMap(old), ...value])

/** `ValidateV2`. */
function validate(
  release: ContainerdRelease,
  config: GoMap,
  { path, log }: { path: string; log: (line: ConfigLog) => void },
): void {
  const version = versionOf(config)
  if (version < 2n) {
    log({ level: 'warning', message: deprecation(release, version) })
    return
  }
  if (version > 2n && release.generation === '1.7') {
    log({
      level: 'error',
      message:
        `containerd config version \`${version}\` is not supported, the max version is \`2\`, use \`containerd ` +
        'config default` to generate a new config or manually revert to version `2`',
    })
    throw new GoError(`failed to load TOML from ${path}: unsupported config version \`${version}\``)
  }
  const ids = [
    ...stringsOf(config.get('disabled_plugins')).map(id => ['disabled plugin URI', id]),
    ...stringsOf(config.get('required_plugins')).map(id => ['required plugin URI', id]),
    ...[...asMap(config.get('plugins')).keys()].map(id => ['plugin key URI', id]),
  ]
  for (const [what, id = ''] of ids) {
    const isPrefixed = release.generation === '1.6' || id.startsWith('io.containerd.')
    if (isPrefixed && id.split('.').length >= 4) continue
    throw new GoError(
      `failed to load TOML from ${path}: invalid ${what} ${quoteGo(id)} expect io.containerd.x.vx`,
    )
  }
}

const deprecation = (release: ContainerdRelease, version: bigint): string =>
  release.generation === '1.6'
    ? `containerd config version \`${version}\` has been deprecated and will be removed in containerd v2.0, please ` +
      'switch to version `2`, see https://github.com/containerd/containerd/blob/main/docs/PLUGINS.md#version-header'
    : `containerd config version \`${version}\` has been deprecated and will be converted on each startup in ` +
      'containerd v2.0, use `containerd config migrate` after upgrading to containerd 2.0 to avoid conversion on startup'

/** `Config.Decode`: a plugin's section over its defaults. */
export function decodePlugin1(release: ContainerdRelease, config: GoMap, uri: string): GoMap | undefined {
  const defaults = release.pluginDefaults.get(uri)
  const type = release.pluginTypes[uri]
  if (defaults === undefined || type === undefined) return undefined
  const section = asMap(config.get('plugins')).get(versionOf(config) === 1n ? pluginId(uri) : uri)
  return section instanceof Tree ? decodeStruct(type, section, defaults) : defaults
}

/** What `containerd config dump` prints of a loaded configuration, of the plugins in the order of their start. */
export function dumpConfig1(release: ContainerdRelease, config: GoMap, order: readonly string[]): string {
  const plugins = new Map<string, GoValue>()
  for (const uri of order) {
    const decoded = decodePlugin1(release, config, uri)
    const type = release.pluginTypes[uri]
    if (decoded !== undefined && type !== undefined) plugins.set(uri, withoutOmitted(type, decoded))
  }
  const timeouts = new Map(release.timeouts)
  for (const [name, value] of asMap(config.get('timeouts'))) if (value !== '') timeouts.set(name, value)
  return showToml(new Map([...config, ['version', 2n], ['plugins', plugins], ['timeouts', timeouts]]))
}

/** Without the empty fields that are tagged `omitempty`. */
const withoutOmitted = (type: StructType, value: GoMap): GoMap =>
  new Map(
    [...value].filter(([key, member]) => {
      const field = type.fields.find(candidate => candidate.key === key)
      return !(field?.isOmittedWhenEmpty && isEmpty(field.type, member))
    }),
  )

const isEmpty = (type: GoType, value: GoValue): boolean =>
  value instanceof GoTables ? value.items.length === 0 : value === zero(type)

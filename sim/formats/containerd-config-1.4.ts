import { KernelError, strerror } from '../../src/host/errno.ts'
import { MissingFile } from './containerd-config-2.ts'
import {
  asMap,
  type ContainerdRelease,
  type LoadedConfig,
  type LoadOptions,
  pluginId,
  stringsOf,
  versionOf,
} from './containerd-release.ts'
import { PLUGIN_CONFIGS_1_4, SERVER_CONFIG_1_4 } from './containerd-types-1.4.ts'
import { cleanPath, directoryOf, type Files, glob, joinPath } from './go-path.ts'
import { Primitive, unify, zeroOf } from './go-toml/burntsushi/decode.ts'
import { encodeBurntSushi } from './go-toml/burntsushi/encode.ts'
import { parseDocument } from './go-toml/burntsushi/parser.ts'
import { GoError } from './go-toml/go-error.ts'
import { quoteGo } from './go-toml/quote.ts'
import { type GoMap, type GoValue, isGoMap } from './go-toml/types.ts'

const decode = (text: string): GoMap =>
  asMap(unify(SERVER_CONFIG_1_4, parseDocument(text), zeroOf(SERVER_CONFIG_1_4)))

/** The release that printed a default configuration, of those that read TOML with BurntSushi/toml. */
export function readRelease14(
  identity: Pick<ContainerdRelease, 'generation' | 'version' | 'revision'>,
  defaultDocument: string,
): ContainerdRelease {
  const defaults = decode(defaultDocument)
  const pluginDefaults = new Map<string, GoMap>()
  for (const [uri, section] of asMap(defaults.get('plugins'))) {
    const type = PLUGIN_CONFIGS_1_4[uri]
    if (type === undefined || !(section instanceof Primitive))
      throw new Error(`a plugin without a type: ${uri}`)
    pluginDefaults.set(uri, asMap(unify(type, section.value, zeroOf(type))))
  }
  return {
    ...identity,
    configType: SERVER_CONFIG_1_4,
    pluginTypes: PLUGIN_CONFIGS_1_4,
    // `config default` prints version 2; the daemon starts from 1.
    base: new Map<string, GoValue>([
      ...defaults,
      ['version', 1n],
      ['plugins', undefined],
      ['timeouts', undefined],
    ]),
    pluginDefaults,
    timeouts: asMap(defaults.get('timeouts')),
  }
}

/** `config.LoadConfig` of 1.4. Throws `MissingFile` for a file that is not there, of which `config dump` makes nothing. */
export function loadConfig14(release: ContainerdRelease, path: string, { files }: LoadOptions): LoadedConfig {
  const loaded: string[] = []
  const pending = [path]
  let config = release.base
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    if (loaded.includes(next)) continue
    const current = next
    const file = decode(readConfigText(current, files, { config, files: loaded }))
    config = mergeConfig(config, file)
    loaded.push(current)
    pending.push(...stringsOf(file.get('imports')).flatMap(entry => resolveImport(current, entry, files)))
  }
  const complete = new Map([...config, ['imports', loaded]])
  validate(complete)
  return { config: complete, files: loaded }
}

function readConfigText(path: string, files: Files, loaded: LoadedConfig): string {
  try {
    return files.readText(path)
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    if (error.errno === 'ENOENT') throw new MissingFile(path, loaded)
    const call = error.errno === 'EISDIR' ? 'read' : 'open'
    throw new GoError(`${call} ${path}: ${strerror(error.errno).toLowerCase()}`)
  }
}

/** `resolveImports`: a pattern is looked for from the working directory. */
function resolveImport(parent: string, entry: string, files: Files): string[] {
  if (entry.includes('*')) return glob(files, entry)
  const clean = cleanPath(entry)
  return [clean.startsWith('/') ? clean : joinPath(directoryOf(parent), clean)]
}

const REPLACED = new Set(['plugins', 'proxy_plugins', 'timeouts', 'stream_processors'])

/** `mergeConfig`: an empty value never overrides, lists grow, entries of maps are replaced. */
function mergeConfig(to: GoMap, from: GoMap): GoMap {
  const merged = new Map(to)
  for (const [key, value] of from) {
    const old = to.get(key)
    if (isGoMap(value)) {
      merged.set(key, REPLACED.has(key) ? new Map([...asMap(old), ...value]) : mergeConfig(asMap(old), value))
    } else if (Array.isArray(value)) merged.set(key, [...(Array.isArray(old) ? old : []), ...value])
    else if (value !== '' && value !== 0n && value !== false && value !== undefined) merged.set(key, value)
  }
  return merged
}

/** `ValidateV2`, which looks at files of version 2 alone. */
function validate(config: GoMap): void {
  if (versionOf(config) !== 2n) return
  const ids = [
    ...stringsOf(config.get('disabled_plugins')).map(id => ['disabled plugin URI', id] as const),
    ...stringsOf(config.get('required_plugins')).map(id => ['required plugin URI', id] as const),
    ...[...asMap(config.get('plugins')).keys()].map(id => ['plugin key URI', id] as const),
  ]
  const bad = ids.find(([, id]) => id.split('.').length < 4)
  if (bad !== undefined) throw new GoError(`invalid ${bad[0]} ${quoteGo(bad[1])} expect io.containerd.x.vx`)
}

/** `Config.Decode`: a plugin's section over its defaults. */
export function decodePlugin14(release: ContainerdRelease, config: GoMap, uri: string): GoMap | undefined {
  const defaults = release.pluginDefaults.get(uri)
  const type = release.pluginTypes[uri]
  if (defaults === undefined || type === undefined) return undefined
  const section = asMap(config.get('plugins')).get(versionOf(config) === 1n ? pluginId(uri) : uri)
  return section instanceof Primitive ? asMap(unify(type, section.value, defaults)) : defaults
}

/** What `containerd config dump` prints of a loaded configuration, of the plugins in the order of their start. */
export function dumpConfig14(release: ContainerdRelease, config: GoMap, order: readonly string[]): string {
  const plugins = new Map<string, GoValue>()
  for (const uri of order) {
    const decoded = decodePlugin14(release, config, uri)
    if (decoded !== undefined) plugins.set(uri, decoded)
  }
  const timeouts = new Map(release.timeouts)
  for (const [name, value] of asMap(config.get('timeouts'))) if (value !== '') timeouts.set(name, value)
  const fields = release.configType.fields.map(field => {
    if (field.key !== 'plugins') return field
    return {
      ...field,
      type: { kind: 'sections', types: release.pluginTypes, decoded: new Set(order) } as const,
    }
  })
  const complete = new Map([
    ...config,
    ['version', 2n],
    ['plugins', plugins],
    ['timeouts', timeouts],
  ] as const)
  return encodeBurntSushi({ ...release.configType, fields }, complete)
}

import { Unsimulated } from '../../src/host/host.ts'
import { decodePlugin14, dumpConfig14, loadConfig14, readRelease14 } from './containerd-config-1.4.ts'
import { decodePlugin1, dumpConfig1, loadConfig1, readRelease1 } from './containerd-config-1.ts'
import { decodePlugin2, dumpConfig2, loadConfig2, MissingFile, readRelease2 } from './containerd-config-2.ts'
import {
  type ConfigLog,
  type ContainerdRelease,
  type LoadedConfig,
  type LoadOptions,
  pluginId,
  stringsOf,
  versionOf,
} from './containerd-release.ts'
import type { ConfigGeneration } from './containerd-types.ts'
import type { GoMap } from './go-toml/types.ts'

const READERS = {
  '1.4': readRelease14,
  '1.6': readRelease1,
  '1.7': readRelease1,
  '2.1': readRelease2,
} as const
const LOADERS = { '1.4': loadConfig14, '1.6': loadConfig1, '1.7': loadConfig1, '2.1': loadConfig2 } as const

const releases = new Map<string, ContainerdRelease>()

const GENERATIONS: readonly ConfigGeneration[] = ['1.4', '1.6', '1.7', '2.1']

/** The release of what `containerd --version` and `containerd config default` print. */
export function readRelease(versionLine: string, defaultDocument: string): ContainerdRelease {
  const key = `${versionLine}${defaultDocument}`
  const known = releases.get(key)
  if (known !== undefined) return known
  const [, , version = '', revision = ''] = versionLine.replace(/\n$/, '').split(' ')
  const generation = GENERATIONS.find(candidate => version.startsWith(`${candidate}.`))
  if (generation === undefined) throw new Unsimulated('containerd', `the configuration of version ${version}`)
  const read = READERS[generation]
  const release = read({ generation, version, revision }, defaultDocument)
  releases.set(key, release)
  return release
}

/** `config.LoadConfig`: the file at a path over the release's defaults, then its imports over that, breadth first. */
export const loadConfig = (release: ContainerdRelease, path: string, options: LoadOptions): LoadedConfig =>
  LOADERS[release.generation](release, path, options)

/** What `config dump` loads: 2.1 goes on without a file that is not there. */
export function loadForDump(release: ContainerdRelease, path: string, options: LoadOptions): GoMap {
  try {
    return loadConfig(release, path, options).config
  } catch (error) {
    if (error instanceof MissingFile) return error.loaded.config
    throw error
  }
}

/** Whether `disabled_plugins` names a plugin: by id in a version 1 file, by URI otherwise. */
export function isDisabled({ generation }: ContainerdRelease, config: GoMap, uri: string): boolean {
  const isById = generation !== '2.1' && versionOf(config) === 1n
  return stringsOf(config.get('disabled_plugins')).includes(isById ? pluginId(uri) : uri)
}

/** `Config.Decode`: a plugin's section over its defaults; undefined for a plugin that has no configuration. */
export function decodePlugin(
  release: ContainerdRelease,
  config: GoMap,
  { uri, log }: { uri: string; log: (line: ConfigLog) => void },
): GoMap | undefined {
  if (release.generation === '2.1') return decodePlugin2(release, config, { uri, log })
  return (release.generation === '1.4' ? decodePlugin14 : decodePlugin1)(release, config, uri)
}

/** What `containerd config dump` prints of a loaded configuration, of the plugins in the order of their start. */
export function dumpConfig(
  release: ContainerdRelease,
  config: GoMap,
  { order, log }: { order: readonly string[]; log: (line: ConfigLog) => void },
): string {
  if (release.generation === '2.1') return dumpConfig2(release, config, { order, log })
  return (release.generation === '1.4' ? dumpConfig14 : dumpConfig1)(release, config, order)
}

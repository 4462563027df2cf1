import { Unsimulated } from '../../src/host/host.ts'
import { asMap, type ConfigLog, type ContainerdRelease, stringOf } from './containerd-release.ts'
import { GoPanic } from './go-toml/go-error.ts'
import type { GoMap } from './go-toml/types.ts'

/** A plugin that stands for one in another process. */
export interface ProxyPlugin {
  readonly uri: string
  readonly platform?: string
}

/** The kinds of proxy, each by the type that it stands for and by its short name, in the order in which they came. */
const KINDS: readonly (readonly [string, string])[] = [
  ['io.containerd.snapshotter.v1', 'snapshot'],
  ['io.containerd.content.v1', 'content'],
  ['io.containerd.differ.v1', 'diff'],
  ['io.containerd.sandbox.controller.v1', 'sandbox'],
]

const KNOWN_KINDS = { '1.4': 2, '1.6': 2, '1.7': 3, '2.1': 4 } as const

/** The plugins of `proxy_plugins`, as `LoadPlugins` registers them. Throws `GoPanic` where that panics. */
export function proxyPlugins(
  { generation }: ContainerdRelease,
  config: GoMap,
  log: (line: ConfigLog) => void,
): readonly ProxyPlugin[] {
  const kinds = KINDS.slice(0, KNOWN_KINDS[generation])
  return [...asMap(config.get('proxy_plugins'))].map(([name, entry]) => {
    const type = stringOf(asMap(entry).get('type'))
    const kind = kinds.find(words => words.includes(type))
    if (kind === undefined) {
      log({ level: 'warning', message: 'unknown proxy plugin type', fields: { type } })
      throw new GoPanic('plugin: no type')
    }
    const uri = `${kind[0]}.${name}`
    if (generation === '1.4' || generation === '1.6') return { uri }
    const platform = stringOf(asMap(entry).get('platform'))
    if (platform !== '' && !/^linux\/(amd64|arm64)$/.test(platform)) {
      throw new Unsimulated('containerd', `the platform ${platform} of a proxy plugin`)
    }
    return { uri, platform: platform || 'linux/amd64' }
  })
}

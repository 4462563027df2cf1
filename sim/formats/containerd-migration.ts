import { asMap, type ConfigLog, stringsOf } from './containerd-release.ts'
import { GoPanic } from './go-toml/go-error.ts'
import { type GoMap, type GoValue, isGoMap } from './go-toml/types.ts'

const CRI = 'io.containerd.grpc.v1.cri'
const IMAGES = 'io.containerd.cri.v1.images'
const RUNTIME = 'io.containerd.cri.v1.runtime'

/** What the plugins of version 1 files are called since (`corePlugins`). */
const CORE_PLUGINS: Readonly<Record<string, string>> = {
  cri: CRI,
  cgroups: 'io.containerd.monitor.v1.cgroups',
  linux: 'io.containerd.runtime.v1.linux',
  scheduler: 'io.containerd.gc.v1.scheduler',
  bolt: 'io.containerd.metadata.v1.bolt',
  task: 'io.containerd.runtime.v2.task',
  opt: 'io.containerd.internal.v1.opt',
  restart: 'io.containerd.internal.v1.restart',
  tracing: 'io.containerd.internal.v1.tracing',
  otlp: 'io.containerd.tracing.processor.v1.otlp',
  aufs: 'io.containerd.snapshotter.v1.aufs',
  btrfs: 'io.containerd.snapshotter.v1.btrfs',
  devmapper: 'io.containerd.snapshotter.v1.devmapper',
  native: 'io.containerd.snapshotter.v1.native',
  overlayfs: 'io.containerd.snapshotter.v1.overlayfs',
  zfs: 'io.containerd.snapshotter.v1.zfs',
}

/**
 * `v1Migrate`, and on to the version of what was loaded before: plugins by their URIs. Of a main file that is 3, and
 * its sections stay as they are, although the plugins of version 3 do not know them.
 */
export function migrateVersion1(
  config: GoMap,
  { target, log }: { target: bigint; log: (line: ConfigLog) => void },
): GoMap {
  if (target < 2n) return config
  const rename = (name: string): string => fullName(name, log)
  const plugins = new Map([...asMap(config.get('plugins'))].map(([name, section]) => [rename(name), section]))
  const renamed = new Map<string, GoValue>([...config, ['version', target], ['plugins', plugins]])
  for (const key of ['disabled_plugins', 'required_plugins']) {
    if (config.get(key) !== undefined) renamed.set(key, stringsOf(config.get(key)).map(rename))
  }
  return renamed
}

/** `v1MigratePluginName`. */
function fullName(name: string, log: (line: ConfigLog) => void): string {
  if (name.includes('.')) return name
  const known = Object.hasOwn(CORE_PLUGINS, name) ? CORE_PLUGINS[name] : undefined
  if (known !== undefined) return known
  if (name.endsWith('-service')) return `io.containerd.service.v1.${name}`
  const type = /^windows(-lcow)?$/.test(name) ? 'snapshotter' : 'grpc'
  const full = `io.containerd.${type}.v1.${name}`
  log({ level: 'warning', message: `Ambiguous ${name} plugin in v1 config, treating as ${full}` })
  return full
}

type Sections = Map<string, GoValue>

/** What each plugin does with the sections of older versions, its `ConfigMigration`. */
const MIGRATIONS: Readonly<Record<string, (sections: Sections) => void>> = {
  'io.containerd.monitor.task.v1.cgroups': sections =>
    move(sections, 'io.containerd.monitor.v1.cgroups', 'io.containerd.monitor.task.v1.cgroups'),
  'io.containerd.monitor.container.v1.restart': sections =>
    move(sections, 'io.containerd.internal.v1.restart', 'io.containerd.monitor.container.v1.restart'),
  'io.containerd.shim.v1.manager': migrateShims,
  [RUNTIME]: migrateRuntime,
  [IMAGES]: migrateImages,
  [CRI]: migrateServer,
}

/** The sections of version 2 as those of version 3, plugin after plugin in the order of their start. */
export function migratePlugins(plugins: GoMap, order: readonly string[]): GoMap {
  const sections: Sections = new Map(plugins)
  for (const uri of order) MIGRATIONS[uri]?.(sections)
  return sections
}

function move(sections: Sections, from: string, to: string): void {
  const section = sections.get(from)
  if (section === undefined) return
  sections.set(to, section)
  sections.delete(from)
}

/** A type assertion that panics. */
function tableOf(value: GoValue): GoMap {
  if (isGoMap(value)) return value
  throw new GoPanic(
    `interface conversion: interface {} is ${dynamicType(value)}, not map[string]interface {}`,
  )
}

function dynamicType(value: GoValue): string {
  if (Array.isArray(value)) return '[]interface {}'
  return { bigint: 'int64', number: 'float64', boolean: 'bool' }[typeof value as string] ?? 'string'
}

function migrateShims(sections: Sections): void {
  const task = 'io.containerd.runtime.v2.task'
  if (!sections.has(task)) return
  const source = new Map(tableOf(sections.get(task)))
  const isScheduling = source.get('sched_core') === true
  source.delete('sched_core')
  sections.set(task, source)
  sections.set('io.containerd.shim.v1.manager', new Map(isScheduling ? [['env', ['SCHED_CORE=1']]] : []))
}

const IMAGE_KEYS = [
  'registry',
  'image_decryption',
  'max_concurrent_downloads',
  'image_pull_progress_timeout',
  'image_pull_with_sync_fs',
  'stats_collect_period',
] as const

const SNAPSHOT_KEYS = ['snapshotter', 'disable_snapshot_annotations', 'discard_unpacked_layers'] as const

const SERVER_KEYS = [
  'disable_tcp_service',
  'stream_server_address',
  'stream_server_port',
  'stream_idle_timeout',
  'enable_tls_streaming',
  'x509_key_pair_streaming',
] as const

function migrateImages(sections: Sections): void {
  if (!sections.has(CRI)) return
  const source = tableOf(sections.get(CRI))
  const target = new Map(sections.has(IMAGES) ? tableOf(sections.get(IMAGES)) : [])
  const pinned = new Map(target.has('pinned_images') ? tableOf(target.get('pinned_images')) : [])
  if (source.has('sandbox_image')) pinned.set('sandbox', source.get('sandbox_image'))
  if (pinned.size > 0) target.set('pinned_images', pinned)
  take(source, target, IMAGE_KEYS)
  sections.set(IMAGES, target)
  if (!source.has('containerd')) return
  const containerd = tableOf(source.get('containerd'))
  if (!containerd.has('runtimes')) return
  for (const runtime of tableOf(containerd.get('runtimes')).values()) tableOf(runtime)
  take(containerd, target, SNAPSHOT_KEYS)
}

function take(source: GoMap, target: Sections, keys: readonly string[]): void {
  for (const key of keys) if (source.has(key)) target.set(key, source.get(key))
}

function migrateServer(sections: Sections): void {
  const source = sections.get(CRI)
  if (!isGoMap(source)) return
  const target: Sections = new Map()
  take(source, target, SERVER_KEYS)
  sections.set(CRI, target)
}

const MOVED_ELSEWHERE = new Set<string>([...IMAGE_KEYS, ...SERVER_KEYS, 'sandbox_image', 'cni', 'containerd'])

function migrateRuntime(sections: Sections): void {
  const source = sections.get(CRI)
  if (!isGoMap(source)) return
  const target = new Map(asMap(sections.get(RUNTIME)))
  for (const [key, value] of source) if (!MOVED_ELSEWHERE.has(key) && !target.has(key)) target.set(key, value)
  if (isGoMap(source.get('cni')))
    target.set('cni', migrateCni(asMap(source.get('cni')), asMap(target.get('cni'))))
  sections.set(RUNTIME, target)
  const containerd = source.get('containerd')
  if (isGoMap(containerd))
    target.set('containerd', migrateContainerd(containerd, asMap(target.get('containerd'))))
}

function migrateCni(source: GoMap, old: GoMap): GoMap {
  const target = new Map(old)
  for (const [key, value] of source) {
    if (key === 'bin_dir') {
      // `bin_dirs` of a file is never the []string that is looked for.
      if (typeof value !== 'string') {
        throw new GoPanic(`interface conversion: interface {} is ${dynamicType(value)}, not string`)
      }
      target.set('bin_dirs', [value])
    } else if (!target.has(key)) target.set(key, value)
  }
  return target
}

function migrateContainerd(source: GoMap, old: GoMap): GoMap {
  const target = new Map(old)
  for (const [key, value] of source) {
    if (!SNAPSHOT_KEYS.some(moved => moved === key) && !target.has(key)) target.set(key, value)
  }
  if (!target.has('runtimes')) return target
  const runtimes = [...tableOf(target.get('runtimes'))].map(([name, value]): [string, GoMap] => {
    const runtime = new Map(tableOf(value))
    if (runtime.has('sandbox_mode') && !runtime.has('sandboxer')) {
      runtime.set('sandboxer', runtime.get('sandbox_mode'))
      runtime.delete('sandbox_mode')
    }
    return [name, runtime]
  })
  target.set('runtimes', new Map(runtimes))
  return target
}

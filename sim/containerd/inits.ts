import { Unsimulated } from '../../src/host/host.ts'
import { decodeText } from '../../src/host/surrogate-escape.ts'
import { pluginId, stringOf, stringsOf } from '../formats/containerd-release.ts'
import { joinPath } from '../formats/go-path.ts'
import { GoError } from '../formats/go-toml/go-error.ts'
import { quoteGo } from '../formats/go-toml/quote.ts'
import type { GoMap } from '../formats/go-toml/types.ts'
import { OutputStream } from '../fs/pipe.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { mkdirAll, mkdirIfMissing } from './go-os.ts'
import { PLUGIN_TYPE as T } from './registry.ts'
import type { Starter } from './starter.ts'

/** A plugin's InitFn: what it needs, what it creates, and why it fails. */
export type Init = (starter: Starter, uri: string, config: GoMap) => void | Blocking<void>

/** Fails without the metadata store, then without the event exchange. */
export const metadataAndEvents: Init = starter => {
  starter.get(T.metadata)
  starter.get(T.event)
}

/** Fails without the metadata store, then without the garbage collector. */
export const metadataAndGc: Init = starter => {
  starter.get(T.metadata)
  starter.get(T.gc)
}

/** A gRPC service hands on what a service of nearly its name does. */
export const grpcService =
  (service: string, words: string): Init =>
  starter => {
    const found = starter.ofType(T.service).find(({ id }) => id === service)
    if (found === undefined) throw new GoError(`${words} not found`)
    if (found.error !== undefined) throw new GoError(found.error)
  }

/** The gRPC service of a plugin's own name. */
export const ownService: Init = (starter, uri) =>
  grpcService(`${pluginId(uri)}-service`, `${pluginId(uri)} service`)(starter, uri, new Map())

/** A plugin that needs nothing. */
export const nothing: Init = () => undefined

/** What the plugins of all releases do alike. */
export const SHARED_INITS: Readonly<Record<string, Init>> = {
  [`${T.differ}.walking`]: starter => starter.get(T.metadata),
  [`${T.gc}.scheduler`]: starter => starter.get(T.metadata),
  [`${T.service}.containers-service`]: metadataAndEvents,
  [`${T.service}.namespaces-service`]: metadataAndEvents,
  [`${T.service}.images-service`]: metadataAndGc,
  [`${T.service}.diff-service`]: initDiffService,
  [`${T.grpc}.content`]: grpcService('content-service', 'content store service'),
  [`${T.grpc}.events`]: starter => starter.getById(T.event, 'exchange'),
  [`${T.grpc}.healthcheck`]: nothing,
  [`${T.grpc}.version`]: nothing,
  [`${T.internal}.opt`]: initOpt,
  [`${T.metadata}.bolt`]: initBolt,
  [`${T.snapshotter}.aufs`]: initAufs,
  [`${T.snapshotter}.btrfs`]: initBtrfs,
  [`${T.snapshotter}.native`]: makeSnapshotRoot,
  // Whether the kernel knows overlay is asked at the first mount, not here (overlayutils.Supported is not called).
  [`${T.snapshotter}.overlayfs`]: makeSnapshotRoot,
  [`${T.snapshotter}.zfs`]: initZfs,
}

function initDiffService(starter: Starter, _uri: string, config: GoMap): void {
  const differs = starter.ofType(T.differ)
  for (const name of stringsOf(config.get('default'))) {
    const differ = differs.find(({ id }) => id === name)
    if (differ === undefined) throw new GoError(`needed differ not loaded: ${name}`)
    if (differ.error !== undefined) {
      throw new GoError(`could not load required differ due plugin init error: ${name}: ${differ.error}`)
    }
  }
}

function initOpt(starter: Starter, _uri: string, config: GoMap): void {
  const path = stringOf(config.get('path'))
  for (const name of ['bin', 'lib']) mkdirAll(starter.process, joinPath(path, name), 0o711)
}

function initBolt(starter: Starter, uri: string, config: GoMap): void {
  mkdirAll(starter.process, starter.rootOf(uri), 0o711)
  starter.get(T.content)
  for (const { id, error } of starter.ofType(T.snapshotter)) {
    if (error === undefined || error.includes('skip plugin')) continue
    starter.log.warn(`could not use snapshotter ${id} in metadata plugin`, { error })
  }
  openDatabase(starter, uri, stringOf(config.get('content_sharing_policy')))
}

/** The database of the metadata store, with its policy. */
export function openDatabase(starter: Starter, uri: string, policy: string): void {
  if (policy !== '') {
    if (policy !== 'shared' && policy !== 'isolated') {
      throw new GoError(`unknown policy: ${policy}: invalid argument`)
    }
    starter.log.info('metadata content store policy set', { policy })
  }
  const database = joinPath(starter.rootOf(uri), 'meta.db')
  if (!starter.process.exists(database)) starter.process.writeFile(database, '', { mode: 0o644 })
}

/** Where a snapshotter keeps its own. */
export const snapshotRoot = (starter: Starter, uri: string, config: GoMap): string =>
  stringOf(config.get('root_path')) || starter.rootOf(uri)

/** A snapshotter that keeps directories. */
export function makeSnapshotRoot(starter: Starter, uri: string, config: GoMap): void {
  const root = snapshotRoot(starter, uri, config)
  mkdirAll(starter.process, root, 0o700)
  mkdirIfMissing(starter.process, joinPath(root, 'snapshots'), 0o700)
}

const fstypeAt = (process: Process, path: string): string =>
  process.kernel.mounts.covering(path)?.fstype ?? ''

function initBtrfs(starter: Starter, uri: string, config: GoMap): void {
  const root = snapshotRoot(starter, uri, config)
  mkdirIfMissing(starter.process, root, 0o700)
  const fstype = fstypeAt(starter.process, root)
  if (fstype === 'btrfs') throw new Unsimulated('containerd', 'the btrfs snapshotter')
  throw new GoError(
    `path ${root} (${fstype}) must be a btrfs filesystem to be used with the btrfs snapshotter: skip plugin`,
  )
}

/** It runs modprobe first, and tells of that only when /proc/filesystems has no aufs. */
function* initAufs(starter: Starter): Blocking<void> {
  const failure = yield* modprobe(starter.process, 'aufs')
  if (starter.process.readText('/proc/filesystems').includes('aufs')) {
    throw new Unsimulated('containerd', 'the aufs snapshotter')
  }
  throw new GoError(`aufs is not supported${failure}: skip plugin`)
}

function* modprobe(process: Process, module: string): Blocking<string> {
  const path = process.which('modprobe')
  const said = (error: string, output: string): string =>
    ` (modprobe ${module} failed: ${error} ${quoteGo(output)})`
  if (path === undefined) return said('exec: "modprobe": executable file not found in $PATH', '')
  const output = new OutputStream()
  const files = new Map([
    [1, output],
    [2, output],
  ])
  const exitCode = yield* process.spawn(path, ['modprobe', module], { files }).wait()
  return exitCode === 0 ? '' : said(`exit status ${exitCode}`, decodeText(output.bytes))
}

function initZfs(starter: Starter, uri: string, config: GoMap): void {
  const root = snapshotRoot(starter, uri, config)
  if (fstypeAt(starter.process, root) === 'zfs') throw new Unsimulated('containerd', 'the zfs snapshotter')
  throw new GoError(`path ${root} must be a zfs filesystem to be used with the zfs snapshotter: skip plugin`)
}

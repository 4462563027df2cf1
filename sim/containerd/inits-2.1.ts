import { Unsimulated } from '../../src/host/host.ts'
import { pluginId, stringOf, stringsOf } from '../formats/containerd-release.ts'
import { GoError } from '../formats/go-toml/go-error.ts'
import { quoteGo } from '../formats/go-toml/quote.ts'
import type { GoMap } from '../formats/go-toml/types.ts'
import { initCriImages, initCriRuntime, initCriServer } from './cri-2.ts'
import { mkdirAll } from './go-os.ts'
import { type Init, makeSnapshotRoot, nothing, openDatabase, SHARED_INITS } from './inits.ts'
import { devmapper } from './inits-1.6.ts'
import { initBlockfile, skipTracing } from './inits-1.7.ts'
import { initNri } from './nri.ts'
import { PLUGIN_TYPE as T } from './registry.ts'
import { checkClient2, needCri, wrap } from './services.ts'
import type { Starter } from './starter.ts'

/** Fails without one plugin of each type. */
const single =
  (...types: string[]): Init =>
  starter => {
    for (const type of types) starter.single(type)
  }

/** Hands on what the service of nearly its name does. */
const handOn: Init = (starter, uri) => starter.getById(T.service, `${pluginId(uri)}-service`)

/** What the plugins of 2.1 do. */
export const INITS_2_1: Readonly<Record<string, Init>> = {
  ...SHARED_INITS,
  [`${T.warning}.deprecations`]: nothing,
  [`${T.imageVerifier}.bindir`]: nothing,
  [`${T.differ}.walking`]: single(T.metadata),
  [`${T.differ}.erofs`]: initErofsDiffer,
  [`${T.metadata}.bolt`]: initMetadata,
  [`${T.gc}.scheduler`]: single(T.metadata),
  [`${T.lease}.manager`]: single(T.metadata, T.gc),
  [`${T.streaming}.manager`]: single(T.metadata),
  [`${T.sandboxStore}.local`]: single(T.metadata),
  [`${T.sandboxController}.shim`]: initShimController,
  [`${T.service}.containers-service`]: single(T.metadata, T.event),
  [`${T.service}.namespaces-service`]: single(T.metadata, T.event),
  [`${T.service}.content-service`]: single(T.metadata),
  [`${T.service}.snapshots-service`]: single(T.metadata),
  [`${T.service}.images-service`]: single(T.metadata, T.gc, T.warning),
  [`${T.service}.introspection-service`]: starter => starter.getById(T.warning, 'deprecations'),
  [`${T.service}.diff-service`]: initDiffService,
  [`${T.service}.tasks-service`]: initTasksService,
  [`${T.shim}.manager`]: starter => {
    starter.single(T.metadata)
    starter.getById(T.event, 'exchange')
  },
  [`${T.runtimeV2}.task`]: initTasks,
  [`${T.taskMonitor}.cgroups`]: single(T.event),
  [`${T.containerMonitor}.restart`]: checkClient2,
  [`${T.snapshotter}.devmapper`]: devmapper('devmapper not configured: skip plugin'),
  [`${T.snapshotter}.blockfile`]: initBlockfile,
  [`${T.snapshotter}.erofs`]: makeSnapshotRoot,
  [`${T.transfer}.local`]: initTransfer,
  [`${T.tracingProcessor}.otlp`]: skipTracing,
  [`${T.internal}.tracing`]: skipTracing,
  [`${T.nri}.nri`]: initNri,
  [`${T.cri}.runtime`]: initCriRuntime,
  [`${T.cri}.images`]: initCriImages,
  [`${T.podSandbox}.podsandbox`]: starter => {
    wrap('unable to init client for podsandbox', () => checkClient2(starter))
    needCri(starter, 'runtime')
    needCri(starter, 'images')
  },
  [`${T.grpc}.cri`]: initCriServer,
  ...Object.fromEntries(
    ['containers', 'content', 'diff', 'images', 'introspection', 'namespaces', 'snapshots', 'tasks'].map(
      id => [`${T.grpc}.${id}`, handOn],
    ),
  ),
  [`${T.grpc}.leases`]: starter => starter.getById(T.lease, 'manager'),
  [`${T.grpc}.streaming`]: starter => starter.getById(T.streaming, 'manager'),
  [`${T.grpc}.sandboxes`]: starter => starter.getById(T.sandboxStore, 'local'),
  [`${T.grpc}.sandbox-controllers`]: starter => {
    starter.working(T.podSandbox)
    starter.working(T.sandboxController)
    starter.single(T.event)
  },
  [`${T.grpc}.transfer`]: starter => {
    starter.working(T.transfer)
    starter.getById(T.streaming, 'manager')
  },
}

function initMetadata(starter: Starter, uri: string, config: GoMap): void {
  mkdirAll(starter.process, starter.rootOf(uri), 0o711)
  starter.single(T.content)
  starter.working(T.snapshotter)
  starter.single(T.event)
  openDatabase(starter, uri, stringOf(config.get('content_sharing_policy')))
}

function initErofsDiffer(starter: Starter): void {
  if (starter.process.which('mkfs.erofs') === undefined) {
    throw new GoError(
      'could not find mkfs.erofs: exec: "mkfs.erofs": executable file not found in $PATH: skip plugin',
    )
  }
  starter.single(T.metadata)
}

function initShimController(starter: Starter, uri: string): void {
  starter.single(T.shim)
  starter.getById(T.event, 'exchange')
  for (const directory of [starter.rootOf(uri), starter.stateOf(uri)])
    mkdirAll(starter.process, directory, 0o700)
}

function initDiffService(starter: Starter, _uri: string, config: GoMap): void {
  const differs = starter.working(T.differ)
  const missing = stringsOf(config.get('default')).find(name => !differs.some(({ id }) => id === name))
  if (missing !== undefined) throw new GoError(`needed differ not loaded: ${missing}`)
}

function initTasksService(starter: Starter, _uri: string, config: GoMap): void {
  starter.getById(T.runtimeV2, 'task')
  starter.single(T.metadata)
  starter.single(T.event)
  const monitor = starter.states.find(({ type }) => type === T.taskMonitor)
  if (monitor?.error !== undefined) throw new GoError(monitor.error)
  for (const option of ['blockio_config_file', 'rdt_config_file']) {
    if (stringOf(config.get(option)) !== '') throw new Unsimulated('containerd', option)
  }
  starter.log.write('debug', 'No blockio config file specified, blockio not configured')
  starter.log.write('debug', 'No RDT config file specified, RDT not configured')
}

function initTasks(starter: Starter, uri: string, config: GoMap): void {
  const platforms = stringsOf(config.get('platforms'))
  if (platforms.some(platform => platform !== 'linux/amd64')) {
    throw new Unsimulated('containerd', `the platforms ${platforms.join(', ')}`)
  }
  starter.single(T.shim)
  for (const directory of [starter.rootOf(uri), starter.stateOf(uri)])
    mkdirAll(starter.process, directory, 0o711)
}

function initTransfer(starter: Starter, _uri: string, config: GoMap): void {
  starter.single(T.metadata)
  starter.single(T.lease)
  if (config.get('unpack_config') !== undefined) throw new Unsimulated('containerd', 'unpack_config')
  // defaultUnpackConfig: overlayfs, and a differ for the machine's own platform.
  if (!starter.hasSnapshotter('overlayfs')) {
    throw new GoError(`snapshotter ${quoteGo('overlayfs')} not found: not found`)
  }
  wrap('error loading diff plugins', () => starter.working(T.differ))
}

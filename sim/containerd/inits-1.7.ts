import { Unsimulated } from '../../src/host/host.ts'
import { stringOf } from '../formats/containerd-release.ts'
import { GoError } from '../formats/go-toml/go-error.ts'
import { quoteGo } from '../formats/go-toml/quote.ts'
import { type GoMap, GoTables } from '../formats/go-toml/types.ts'
import { initCri } from './cri.ts'
import { mkdirAll } from './go-os.ts'
import {
  type Init,
  metadataAndEvents,
  metadataAndGc,
  ownService,
  SHARED_INITS,
  snapshotRoot,
} from './inits.ts'
import { devmapper, initRuntimeV1, initRuntimeV2, initTasksService } from './inits-1.6.ts'
import { initNri } from './nri.ts'
import { PLUGIN_TYPE as T } from './registry.ts'
import { checkClient, wrap } from './services.ts'
import type { Starter } from './starter.ts'

const metadata: Init = starter => starter.get(T.metadata)

/** What the plugins of 1.7 do. */
export const INITS_1_7: Readonly<Record<string, Init>> = {
  ...SHARED_INITS,
  [`${T.warning}.deprecations`]: () => undefined,
  [`${T.lease}.manager`]: metadataAndGc,
  [`${T.streaming}.manager`]: metadata,
  [`${T.sandboxStore}.local`]: metadata,
  [`${T.sandboxController}.local`]: starter => {
    starter.getById(T.runtimeV2, 'shim')
    starter.getById(T.event, 'exchange')
    starter.getById(T.sandboxStore, 'local')
  },
  [`${T.service}.content-service`]: metadataAndEvents,
  [`${T.service}.snapshots-service`]: metadata,
  [`${T.service}.images-service`]: (starter, uri, config) => {
    metadataAndGc(starter, uri, config)
    starter.get(T.warning)
  },
  [`${T.service}.introspection-service`]: starter => starter.get(T.warning),
  [`${T.service}.tasks-service`]: (starter, uri, config) => {
    initTasksService(starter, uri, config)
  },
  [`${T.grpc}.leases`]: starter => starter.getById(T.lease, 'manager'),
  [`${T.grpc}.sandbox-controllers`]: starter => {
    starter.getById(T.sandboxController, 'local')
    starter.get(T.event)
  },
  [`${T.grpc}.sandboxes`]: starter => starter.getById(T.sandboxStore, 'local'),
  [`${T.grpc}.snapshots`]: (starter, uri, config) => {
    ownService(starter, uri, config)
    starter.get(T.warning)
  },
  [`${T.grpc}.streaming`]: starter => starter.getById(T.streaming, 'manager'),
  [`${T.grpc}.transfer`]: starter => {
    starter.get(T.transfer)
    starter.getById(T.streaming, 'manager')
  },
  [`${T.grpc}.cri`]: initCri,
  [`${T.internal}.restart`]: starter => {
    checkClient(starter)
    starter.get(T.warning)
  },
  [`${T.tracingProcessor}.otlp`]: skipTracing,
  [`${T.internal}.tracing`]: skipTracing,
  [`${T.transfer}.local`]: initTransfer,
  [`${T.nri}.nri`]: initNri,
  [`${T.monitor}.cgroups`]: starter => starter.get(T.event),
  [`${T.runtimeV1}.linux`]: initRuntimeV1,
  [`${T.runtimeV2}.task`]: initRuntimeV2,
  [`${T.runtimeV2}.shim`]: starter => starter.getById(T.runtimeV2, 'task'),
  [`${T.snapshotter}.devmapper`]: devmapper('devmapper not configured: skip plugin'),
  [`${T.snapshotter}.blockfile`]: initBlockfile,
}

/** Tracing: only an endpoint, of the environment or the configuration, switches it on. */
export function skipTracing(starter: Starter, _uri: string, config: GoMap): void {
  if ([...starter.process.env.keys()].some(name => name.startsWith('OTEL_'))) {
    throw new Unsimulated('containerd', 'tracing that the environment configures')
  }
  if ([...config.values()].some(value => value !== '' && value !== false && value !== 0)) {
    throw new Unsimulated('containerd', 'a configuration of tracing')
  }
  throw new GoError('skip plugin: tracing endpoint not configured')
}

/** A snapshotter that needs a file to copy. */
export function initBlockfile(starter: Starter, uri: string, config: GoMap): void {
  const root = snapshotRoot(starter, uri, config)
  mkdirAll(starter.process, root, 0o700)
  if (stringOf(config.get('scratch_file')) !== '' || starter.process.exists(`${root}/scratch`)) {
    throw new Unsimulated('containerd', 'the blockfile snapshotter')
  }
  throw new GoError('no scratch file generator: skip plugin')
}

/** The transfer service: for each platform that it unpacks for, a snapshotter and a differ. */
export function initTransfer(starter: Starter, _uri: string, config: GoMap): void {
  starter.get(T.metadata)
  starter.get(T.lease)
  const platforms = config.get('unpack_config')
  for (const platform of platforms instanceof GoTables ? platforms.items : []) {
    if (stringOf(platform.get('platform')) !== 'linux/amd64') {
      throw new Unsimulated('containerd', 'a platform of the transfer service')
    }
    const snapshotter = stringOf(platform.get('snapshotter'))
    if (!starter.hasSnapshotter(snapshotter)) {
      throw new GoError(`snapshotter ${quoteGo(snapshotter)} not found: not found`)
    }
    checkDiffer(starter, stringOf(platform.get('differ')))
  }
}

function checkDiffer(starter: Starter, name: string): void {
  const differs = wrap('error loading diff plugins', () => starter.ofType(T.differ))
  const found = differs.find(({ id, platforms }) => (name === '' ? platforms === 'linux/amd64' : id === name))
  if (found === undefined) {
    throw new GoError(
      name === '' ? 'no matching diff plugins: not found' : `diff plugin ${quoteGo(name)}: not found`,
    )
  }
  if (found.error !== undefined) {
    throw new GoError(`failed to get instance for diff plugin ${quoteGo(found.id)}: ${found.error}`)
  }
}

import { Unsimulated } from '../../src/host/host.ts'
import { stringOf, stringsOf } from '../formats/containerd-release.ts'
import { joinPath } from '../formats/go-path.ts'
import { GoError } from '../formats/go-toml/go-error.ts'
import type { GoMap } from '../formats/go-toml/types.ts'
import { initCri } from './cri.ts'
import { mkdirAll } from './go-os.ts'
import { type Init, metadataAndEvents, metadataAndGc, SHARED_INITS } from './inits.ts'
import { PLUGIN_TYPE as T } from './registry.ts'
import { checkServices, RESTART_SERVICES } from './services.ts'
import type { Starter } from './starter.ts'

/** What the plugins of 1.6 do. */
export const INITS_1_6: Readonly<Record<string, Init>> = {
  ...SHARED_INITS,
  [`${T.content}.content`]: (starter, uri) =>
    mkdirAll(starter.process, joinPath(starter.rootOf(uri), 'ingest'), 0o777),
  [`${T.service}.content-service`]: metadataAndEvents,
  [`${T.service}.snapshots-service`]: metadataAndEvents,
  [`${T.service}.leases-service`]: metadataAndGc,
  [`${T.service}.tasks-service`]: initTasksService,
  [`${T.grpc}.cri`]: initCri,
  [`${T.internal}.restart`]: starter => checkServices(starter, RESTART_SERVICES),
  [`${T.monitor}.cgroups`]: starter => starter.get(T.event),
  [`${T.runtimeV1}.linux`]: initRuntimeV1,
  [`${T.runtimeV2}.task`]: initRuntimeV2,
  [`${T.snapshotter}.devmapper`]: devmapper('devmapper not configured'),
}

/** The devmapper snapshotter, with what is said where it is not configured. */
export function devmapper(words: string): Init {
  return (_starter, _uri, config) => {
    if (stringOf(config.get('pool_name')) === '') throw new GoError(words)
    throw new Unsimulated('containerd', 'the devmapper snapshotter')
  }
}

/** The first runtime, for shims of version 1. */
export function initRuntimeV1(starter: Starter, uri: string): void {
  mkdirAll(starter.process, starter.rootOf(uri), 0o711)
  mkdirAll(starter.process, starter.stateOf(uri), 0o711)
  starter.get(T.metadata)
  starter.getById(T.event, 'exchange')
}

/** The service that starts tasks: it wants one of each runtime. */
export function initTasksService(starter: Starter, _uri: string, config: GoMap): void {
  const runtimes = starter.ofType(T.runtimeV1)
  for (const { error } of runtimes) {
    if (error === undefined) continue
    starter.log.warn('could not load runtime instance due to initialization error', { error })
  }
  if (runtimes.every(({ error }) => error !== undefined)) {
    throw new GoError('no runtimes available to create task service')
  }
  const isOldest = starter.release.generation === '1.4'
  if (isOldest) starter.get(T.runtimeV2)
  else starter.getById(T.runtimeV2, 'task')
  starter.get(T.metadata)
  if (!isOldest) starter.get(T.event)
  const monitor = starter.states.find(({ type }) => type === T.monitor)
  if (monitor?.error !== undefined && !monitor.error.endsWith('not found')) throw new GoError(monitor.error)
  for (const option of ['rdt_config_file', 'blockio_config_file']) {
    if (stringOf(config.get(option)) !== '') throw new Unsimulated('containerd', option)
  }
  if (starter.release.generation === '1.7') {
    starter.get(T.warning)
    starter.log.write('debug', 'No blockio config file specified, blockio not configured')
  }
  if (!isOldest) starter.log.write('debug', 'No RDT config file specified, RDT not configured')
}

/** The runtime for shims of version 2. */
export function initRuntimeV2(starter: Starter, uri: string, config: GoMap): void {
  const platforms = stringsOf(config.get('platforms'))
  if (platforms.some(platform => platform !== 'linux/amd64')) {
    throw new Unsimulated('containerd', `the platforms ${platforms.join(', ')}`)
  }
  starter.get(T.metadata)
  starter.getById(T.event, 'exchange')
  for (const directory of [starter.rootOf(uri), starter.stateOf(uri)]) {
    mkdirAll(starter.process, directory, 0o711)
  }
}

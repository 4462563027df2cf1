import { mkdirAll } from './go-os.ts'
import { type Init, metadataAndGc, nothing } from './inits.ts'
import { devmapper, INITS_1_6 } from './inits-1.6.ts'
import { PLUGIN_TYPE as T } from './registry.ts'
import { checkServices, RESTART_SERVICES } from './services.ts'
import type { Starter } from './starter.ts'

const metadata: Init = starter => starter.get(T.metadata)

/** What the plugins of 1.4 do: events are no plugin yet. */
export const INITS_1_4: Readonly<Record<string, Init>> = {
  ...INITS_1_6,
  [`${T.service}.containers-service`]: metadata,
  [`${T.service}.content-service`]: metadata,
  [`${T.service}.namespaces-service`]: metadata,
  [`${T.service}.snapshots-service`]: metadata,
  [`${T.service}.images-service`]: metadataAndGc,
  [`${T.grpc}.events`]: nothing,
  [`${T.monitor}.cgroups`]: nothing,
  [`${T.runtimeV1}.linux`]: initRuntime,
  [`${T.runtimeV2}.task`]: initRuntime,
  [`${T.internal}.restart`]: starter => checkServices(starter, RESTART_SERVICES),
  [`${T.snapshotter}.devmapper`]: devmapper('devmapper not configured'),
}

function initRuntime(starter: Starter, uri: string): void {
  mkdirAll(starter.process, starter.rootOf(uri), 0o711)
  mkdirAll(starter.process, starter.stateOf(uri), 0o711)
  starter.get(T.metadata)
}

import { Unsimulated } from '../../src/host/host.ts'
import { asMap, pluginType, stringOf } from '../formats/containerd-config.ts'
import type { GoMap } from '../formats/go-toml/types.ts'

/** A plugin as it registers itself: its URI, and the types of the plugins that it wants started before it. */
export interface Registration {
  readonly uri: string
  readonly requires: readonly string[]
  /** Whether `ctr plugins ls` shows a platform for it. */
  readonly hasPlatform: boolean
}

const T = {
  content: 'io.containerd.content.v1',
  snapshotter: 'io.containerd.snapshotter.v1',
  metadata: 'io.containerd.metadata.v1',
  differ: 'io.containerd.differ.v1',
  event: 'io.containerd.event.v1',
  gc: 'io.containerd.gc.v1',
  service: 'io.containerd.service.v1',
  grpc: 'io.containerd.grpc.v1',
  internal: 'io.containerd.internal.v1',
  runtimeV1: 'io.containerd.runtime.v1',
  runtimeV2: 'io.containerd.runtime.v2',
  monitor: 'io.containerd.monitor.v1',
} as const

export { T as PLUGIN_TYPE }

const plugin = (uri: string, ...requires: string[]): Registration => ({ uri, requires, hasPlatform: false })
const onPlatform = (uri: string, ...requires: string[]): Registration => ({
  uri,
  requires,
  hasPlatform: true,
})

/**
 * The plugins of 1.6 in the order in which they register: the order in which Go initializes packages, found from the
 * recorded starts with one plugin disabled each; those of the sources that Debian leaves out are not there.
 */
export const REGISTRATIONS: readonly Registration[] = [
  onPlatform(`${T.differ}.walking`, T.metadata),
  plugin(`${T.event}.exchange`),
  plugin(`${T.gc}.scheduler`, T.metadata),
  plugin(`${T.service}.introspection-service`),
  plugin(`${T.grpc}.introspection`, T.service),
  plugin(`${T.internal}.restart`, T.event, T.service),
  onPlatform(`${T.runtimeV2}.task`, T.event, T.metadata),
  plugin(`${T.service}.containers-service`, T.event, T.metadata),
  plugin(`${T.grpc}.containers`, T.service),
  plugin(`${T.grpc}.content`, T.service),
  plugin(`${T.service}.content-service`, T.event, T.metadata),
  plugin(`${T.service}.diff-service`, T.differ),
  plugin(`${T.grpc}.diff`, T.service),
  plugin(`${T.grpc}.events`, T.event),
  plugin(`${T.grpc}.healthcheck`),
  plugin(`${T.service}.images-service`, T.metadata, T.gc),
  plugin(`${T.grpc}.images`, T.service),
  plugin(`${T.service}.leases-service`, T.metadata, T.gc),
  plugin(`${T.grpc}.leases`, T.service),
  plugin(`${T.service}.namespaces-service`, T.event, T.metadata),
  plugin(`${T.grpc}.namespaces`, T.service),
  plugin(`${T.internal}.opt`),
  plugin(`${T.grpc}.snapshots`, T.service),
  plugin(`${T.service}.snapshots-service`, T.event, T.metadata),
  plugin(`${T.service}.tasks-service`, T.event, T.runtimeV1, T.runtimeV2, T.metadata, T.monitor),
  plugin(`${T.grpc}.tasks`, T.service),
  plugin(`${T.grpc}.version`),
  onPlatform(`${T.snapshotter}.aufs`),
  onPlatform(`${T.snapshotter}.btrfs`),
  onPlatform(`${T.grpc}.cri`, T.event, T.service),
  onPlatform(`${T.runtimeV1}.linux`, T.event, T.metadata),
  onPlatform(`${T.monitor}.cgroups`, T.event),
  onPlatform(`${T.snapshotter}.devmapper`),
  onPlatform(`${T.snapshotter}.native`),
  onPlatform(`${T.snapshotter}.overlayfs`),
  onPlatform(`${T.snapshotter}.zfs`),
  plugin(`${T.content}.content`),
  plugin(`${T.metadata}.bolt`, T.content, T.snapshotter),
]

/** The plugins of `proxy_plugins`: a connection each, which is not waited for. */
export function proxyRegistrations(config: GoMap): readonly Registration[] {
  return [...asMap(config.get('proxy_plugins'))].map(([name, entry]) => {
    const type = stringOf(asMap(entry).get('type'))
    if (type === T.snapshotter || type === 'snapshot') return plugin(`${T.snapshotter}.${name}`)
    if (type === T.content || type === 'content') return plugin(`${T.content}.${name}`)
    // 1.6 registers it without a type, and panics.
    throw new Unsimulated('containerd', `a proxy plugin of type ${type}`)
  })
}

/** `plugin.Graph`: what is to be started, in order: each plugin after those of the types that it requires. */
export function startOrder(
  registrations: readonly Registration[],
  isDisabled: (uri: string) => boolean,
): readonly Registration[] {
  const enabled = registrations.filter(({ uri }) => !isDisabled(uri))
  const ordered = new Set<Registration>()
  const addRequired = (registration: Registration): void => {
    for (const type of registration.requires) {
      for (const other of enabled) {
        // What was ordered brought along all that it requires.
        if (other === registration || ordered.has(other) || pluginType(other.uri) !== type) continue
        addRequired(other)
        ordered.add(other)
      }
    }
  }
  for (const registration of enabled) {
    addRequired(registration)
    ordered.add(registration)
  }
  return [...ordered]
}

import { pluginType } from '../formats/containerd-release.ts'

/** A plugin as it registers itself: its URI, and the types of the plugins that it wants started before it. */
export interface Registration {
  readonly uri: string
  readonly requires: readonly string[]
  /** The platform that `ctr plugins ls` shows for it. */
  readonly platform?: string
}

/** The types of plugins, of all releases. */
export const PLUGIN_TYPE = {
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
  lease: 'io.containerd.lease.v1',
  streaming: 'io.containerd.streaming.v1',
  transfer: 'io.containerd.transfer.v1',
  sandboxStore: 'io.containerd.sandbox.store.v1',
  sandboxController: 'io.containerd.sandbox.controller.v1',
  warning: 'io.containerd.warning.v1',
  nri: 'io.containerd.nri.v1',
  imageVerifier: 'io.containerd.image-verifier.v1',
  taskMonitor: 'io.containerd.monitor.task.v1',
  containerMonitor: 'io.containerd.monitor.container.v1',
  shim: 'io.containerd.shim.v1',
  cri: 'io.containerd.cri.v1',
  podSandbox: 'io.containerd.podsandbox.controller.v1',
  ttrpc: 'io.containerd.ttrpc.v1',
  tracingProcessor: 'io.containerd.tracing.processor.v1',
} as const

/** A plugin that names no platform. */
export const plugin = (uri: string, ...requires: string[]): Registration => ({
  uri,
  requires,
})

/** A plugin that names the machine's platform. */
export const onPlatform = (uri: string, ...requires: string[]): Registration => ({
  uri,
  requires,
  platform: 'linux/amd64',
})

/** `plugin.Graph`: what is to be started, in order: each plugin after those of the types that it requires. */
export function startOrder(
  registrations: readonly Registration[],
  isDisabled: (uri: string) => boolean,
): readonly Registration[] {
  const enabled = registrations.filter(({ uri }) => !isDisabled(uri))
  const byType = new Map<string, Registration[]>([['*', enabled]])
  for (const registration of enabled) {
    const type = pluginType(registration.uri)
    byType.set(type, [...(byType.get(type) ?? []), registration])
  }
  const ordered = new Set<Registration>()
  const addRequired = (registration: Registration): void => {
    for (const type of registration.requires) {
      for (const other of byType.get(type) ?? []) {
        // What was ordered brought along all that it requires.
        if (other === registration || ordered.has(other)) continue
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

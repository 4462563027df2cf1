import { isDisabled } from '../formats/containerd-config.ts'
import type { ContainerdRelease } from '../formats/containerd-release.ts'
import type { ConfigGeneration } from '../formats/containerd-types.ts'
import type { GoMap } from '../formats/go-toml/types.ts'
import { REGISTRATIONS_1_4 } from './registrations-1.4.ts'
import { REGISTRATIONS_1_6 } from './registrations-1.6.ts'
import { REGISTRATIONS_1_7 } from './registrations-1.7.ts'
import { REGISTRATIONS_2_1 } from './registrations-2.1.ts'
import { type Registration, startOrder } from './registry.ts'

/** The plugins of each release. */
export const REGISTRATIONS: Readonly<Record<ConfigGeneration, readonly Registration[]>> = {
  '1.4': REGISTRATIONS_1_4,
  '1.6': REGISTRATIONS_1_6,
  '1.7': REGISTRATIONS_1_7,
  '2.1': REGISTRATIONS_2_1,
}

/** The URIs of the plugins of a release that are not disabled, in the order of their start. */
export const startUris = (release: ContainerdRelease, config: GoMap): readonly string[] =>
  startOrder(REGISTRATIONS[release.generation], uri => isDisabled(release, config, uri)).map(({ uri }) => uri)

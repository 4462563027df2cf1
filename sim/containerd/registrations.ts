import type { ConfigGeneration } from '../formats/containerd-types.ts'
import { REGISTRATIONS_1_6 } from './registrations-1.6.ts'
import { REGISTRATIONS_1_7 } from './registrations-1.7.ts'
import type { Registration } from './registry.ts'

/** The plugins of each release. */
export const REGISTRATIONS: Readonly<Record<ConfigGeneration, readonly Registration[]>> = {
  '1.6': REGISTRATIONS_1_6,
  '1.7': REGISTRATIONS_1_7,
}

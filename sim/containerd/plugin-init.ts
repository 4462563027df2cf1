import { pluginType } from '../formats/containerd-release.ts'
import type { ConfigGeneration } from '../formats/containerd-types.ts'
import { GoError } from '../formats/go-toml/go-error.ts'
import type { GoMap } from '../formats/go-toml/types.ts'
import type { Blocking } from '../scheduler.ts'
import { type Init, ownService } from './inits.ts'
import { INITS_1_4 } from './inits-1.4.ts'
import { INITS_1_6 } from './inits-1.6.ts'
import { INITS_1_7 } from './inits-1.7.ts'
import { INITS_2_1 } from './inits-2.1.ts'
import { PLUGIN_TYPE as T } from './registry.ts'
import type { Starter } from './starter.ts'

export interface InitResult {
  readonly error?: GoError
  /** Whether it came as far as to say what it runs on. */
  readonly isPlatformKnown: boolean
}

const INITS: Readonly<Record<ConfigGeneration, Readonly<Record<string, Init>>>> = {
  '1.4': INITS_1_4,
  '1.6': INITS_1_6,
  '1.7': INITS_1_7,
  '2.1': INITS_2_1,
}

/** These look for what they need before they name their platform. */
const PLATFORM_LAST = new Set([
  `${T.differ}.walking`,
  `${T.monitor}.cgroups`,
  `${T.differ}.erofs`,
  `${T.taskMonitor}.cgroups`,
])

/** Runs a plugin's InitFn; what it throws is its result. */
export function* initPlugin(starter: Starter, uri: string, config: GoMap): Blocking<InitResult> {
  const init = INITS[starter.release.generation][uri] ?? (pluginType(uri) === T.grpc ? ownService : undefined)
  try {
    const running = init?.(starter, uri, config)
    if (running !== undefined) yield* running
    return { isPlatformKnown: true }
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    return { error, isPlatformKnown: !PLATFORM_LAST.has(uri) }
  }
}

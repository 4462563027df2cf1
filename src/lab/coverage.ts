import { covers, type Finding, SimHost } from '../../sim/door.ts'
import type { Host } from '../host/host.ts'

export type { Finding, Verdict } from '../../sim/door.ts'

/** What of a script a simulated host models, without running it; undefined for a host that is not simulated. */
export const coverageOf = (
  host: Host,
  script: string,
  dialect: 'bash' | 'dash',
): readonly Finding[] | undefined =>
  host instanceof SimHost ? covers(host.machine, script, dialect) : undefined

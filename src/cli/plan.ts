import { plan } from '../engine/engine.ts'
import { EXIT } from './exit-status.ts'
import type { NodeVerbOptions, Outside } from './main.ts'
import { onEachHost } from './node-verb.ts'

/** `seatrial plan HOST…`: 0 nothing to do, 2 there are changes, 1 it cannot be done. */
export function planVerb(
  hosts: readonly string[],
  options: NodeVerbOptions,
  { terminal, clock }: Outside,
): Promise<number> {
  return onEachHost(hosts, options, {
    terminal,
    clock,
    verb: 'plan',
    async work(host, config, run) {
      const report = await plan(host, config, run)
      const exitStatus = (report.plan?.steps.length ?? 0) > 0 ? EXIT.changes : EXIT.ok
      return { exitStatus: report.failures.length > 0 ? EXIT.failed : exitStatus, hasChanged: false }
    },
  })
}

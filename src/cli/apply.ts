import { apply } from '../engine/engine.ts'
import { EXIT } from './exit-status.ts'
import type { NodeVerbOptions, Outside } from './main.ts'
import { onEachHost } from './node-verb.ts'

/** `seatrial apply HOST…`: 0 the host is as it should be, 1 it is not. */
export function applyVerb(
  hosts: readonly string[],
  options: NodeVerbOptions,
  { terminal, clock }: Outside,
): Promise<number> {
  return onEachHost(hosts, options, {
    terminal,
    clock,
    verb: 'apply',
    async work(host, config, run) {
      const report = await apply(host, config, run)
      const isWell = report.failures.length === 0 && report.checks.every(check => check.verdict !== 'fail')
      return { exitStatus: isWell ? EXIT.ok : EXIT.failed, hasChanged: report.hasChanged }
    },
  })
}

import { verify } from '../engine/engine.ts'
import { EXIT } from './exit-status.ts'
import type { NodeVerbOptions, Outside } from './main.ts'
import { onEachHost } from './node-verb.ts'

/** `seatrial verify HOST…`: 0 every check passes, 1 one does not. */
export function verifyVerb(
  hosts: readonly string[],
  options: NodeVerbOptions,
  { terminal, clock }: Outside,
): Promise<number> {
  return onEachHost(hosts, options, {
    terminal,
    clock,
    verb: 'verify',
    async work(host, config, run) {
      const report = await verify(host, config, run)
      const isWell = report.failures.length === 0 && report.checks.every(check => check.verdict !== 'fail')
      return { exitStatus: isWell ? EXIT.ok : EXIT.failed, hasChanged: false }
    },
  })
}

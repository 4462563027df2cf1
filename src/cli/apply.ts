import { apply } from '../engine/engine.ts'
import { EXIT } from './exit-status.ts'
import type { NodeVerbOptions } from './main.ts'
import { onEachHost } from './node-verb.ts'
import type { Terminal } from './terminal.ts'

/** `seatrial apply HOST…`: 0 the host is as it should be, 1 it is not. */
export function applyVerb(
  hosts: readonly string[],
  options: NodeVerbOptions,
  terminal: Terminal,
): Promise<number> {
  return onEachHost(hosts, options, {
    terminal,
    async work(host, config, run) {
      const report = await apply(host, config, run)
      const isWell = report.failures.length === 0 && report.checks.every(check => check.verdict !== 'fail')
      return isWell ? EXIT.ok : EXIT.failed
    },
  })
}

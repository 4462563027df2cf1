import { plan } from '../engine/engine.ts'
import { EXIT } from './exit-status.ts'
import type { NodeVerbOptions } from './main.ts'
import { onEachHost } from './node-verb.ts'
import type { Terminal } from './terminal.ts'

/** `seatrial plan HOST…`: 0 nothing to do, 2 there are changes, 1 it cannot be done. */
export function planVerb(
  hosts: readonly string[],
  options: NodeVerbOptions,
  terminal: Terminal,
): Promise<number> {
  return onEachHost(hosts, options, {
    terminal,
    async work(host, config, run) {
      const report = await plan(host, config, run)
      if (report.failures.length > 0) return EXIT.failed
      return (report.plan?.steps.length ?? 0) > 0 ? EXIT.changes : EXIT.ok
    },
  })
}

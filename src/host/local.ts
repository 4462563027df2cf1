import { startProgram } from './far-shell.ts'
import type { Host } from './host.ts'
import { openShellHost } from './shell-transport.ts'

/** This machine, spoken to through a shell like every other, so that nothing differs but the way there. */
export function openLocalHost(shell = 'sh'): Host {
  return openShellHost({
    name: 'local:',
    start: bootstrap => startProgram([shell, '-c', bootstrap]),
    explain: ({ spawnError, stderr }) => ({
      reason: 'unreachable',
      message:
        spawnError === undefined
          ? stderr || `${shell} ended at once`
          : `${shell} cannot be started: ${spawnError}`,
    }),
  })
}

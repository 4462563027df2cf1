import type { Shell } from './shell.ts'

/** What `time` says of a pipeline: no computing costs anything here, so only real time passes. */
export function traceDuration(shell: Shell, durationNs: number, isPosix: boolean): void {
  const seconds = durationNs / 1e9
  if (isPosix) {
    shell.process.complain(`real ${seconds.toFixed(2)}\nuser 0.00\nsys 0.00\n`)
    return
  }
  const minutes = Math.floor(seconds / 60)
  shell.process.complain(`\nreal\t${minutes}m${(seconds % 60).toFixed(3)}s\nuser\t0m0.000s\nsys\t0m0.000s\n`)
}

import type { Shell } from './shell.ts'

/** A line of `set -x`: PS4, whose first character bash repeats for what is nested. */
export function trace(shell: Shell, words: string): void {
  const prompt = shell.variables.text('PS4') ?? '+ '
  if (/[$`\\]/.test(prompt)) throw shell.unsimulated('an expansion in PS4')
  const marker = shell.isBash ? prompt.slice(0, 1).repeat(shell.traceDepth - 1) : ''
  shell.process.complain(`${marker}${prompt}${words}\n`)
}

import type { Machine } from '../../../sim/machine.ts'
import { bootWithoutInit } from '../../parity/containerd-machine.ts'
import { imageOf, run, type Said } from '../../simulated.ts'

let base: Machine | undefined

/** A machine of its own, with the files of Debian 12 and nothing running: programs are all there is to look at. */
export function bareMachine(): Machine {
  base ??= bootWithoutInit(imageOf('debian-12-container'))
  return base.fork()
}

/** What a script says, run by dash in /root on a machine of its own. */
export const sh = (script: string): Promise<Said> =>
  run(bareMachine(), ['sh', '-c', script], { cwd: '/root' })

/** The same by bash. */
export const bash = (script: string): Promise<Said> =>
  run(bareMachine(), ['bash', '-c', script], { cwd: '/root' })

/** What a script that succeeds prints, by dash. */
export async function out(script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await sh(script)
  if (exitCode !== 0) throw new Error(`exit status ${exitCode}: ${stderr}`)
  return stdout
}

import type { Machine } from '../../sim/machine.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { put, run } from '../simulated.ts'
import { argvOf, type Environment, type PartAnswer, SCRIPT_PATH, type Script } from './scripts.ts'

/** A script that hangs has no answer: the longest one waits for some seconds. */
const LIMIT_MS = 600_000

/** The image that pretends to be an environment. */
export const imageNameOf = (environment: Environment): string => {
  const release = environment.replace(/^\w+-/, '')
  return environment.startsWith('container-') ? `${release}-container` : release
}

/** What a simulated machine says to a script, whose state it is left in. What is not simulated is the end of it. */
export async function simulatedAnswers(machine: Machine, script: Script): Promise<readonly PartAnswer[]> {
  let current = machine
  const answers: PartAnswer[] = []
  for (const [index, part] of script.parts.entries()) {
    if (index > 0) current = await current.reboot()
    try {
      answers.push(await runPart(current, script, part))
    } catch (error) {
      if (!(error instanceof Unsimulated)) throw error
      return [...answers, { exitCode: 70, stdout: '', stderr: error.message }]
    }
  }
  return answers
}

async function runPart(machine: Machine, script: Script, part: string): Promise<PartAnswer> {
  put(machine, SCRIPT_PATH, part)
  return run(machine, argvOf(script), { timeoutMs: LIMIT_MS })
}

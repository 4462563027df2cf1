import { beforeAll, describe, expect, it } from 'vitest'
import { Unsimulated } from '../../src/host/host.ts'
import { boot, put, run, type Said } from '../simulated.ts'
import { divergences, withoutBootChance, withoutChance } from './kernel-divergences.ts'
import {
  bootVariants,
  hasBoot,
  readSession,
  type SessionStep,
  sessionEnvironments,
  sessionSteps,
} from './kernel-session.ts'

/** `vm-debian-12` was recorded on the machine whose image is `debian-12`, `container-debian-12` in the container's. */
const imageNameOf = (environment: string): string =>
  environment.replace(/^vm-/, '').replace(/^container-(.*)$/, '$1-container')

describe.each(sessionEnvironments())(
  'kmod, procps, util-linux and the kernel answer as %s did',
  environment => {
    const steps = sessionSteps(environment)
    const recorded = readSession(environment).answers
    const known = divergences.filter(divergence => divergence.environments.includes(environment))
    const simulated: Said[] = []

    beforeAll(async () => {
      const machine = await boot(imageNameOf(environment))
      const answer = async (step: SessionStep): Promise<Said> => {
        if (step.write !== undefined) put(machine, step.write.path, step.write.content)
        try {
          return await run(machine, step.argv)
        } catch (error) {
          if (!(error instanceof Unsimulated)) throw error
          return { exitCode: 70, stdout: '', stderr: `${error.message}\n` }
        }
      }
      for (const step of steps) simulated.push(await answer(step))
    })

    /** Both answers to a step, each without what is the machine's own. */
    function answersOf(index: number): { readonly real: Said; readonly ours: Said } {
      const real = recorded[index]
      const ours = simulated[index]
      const title = steps[index]?.title ?? ''
      if (real === undefined || ours === undefined)
        throw new Error(`no answer to ${title}: record the session again`)
      const { exitCode, stdout, stderr } = real
      const context = { title, image: imageNameOf(environment) }
      return {
        real: withoutChance(context, { exitCode, stdout, stderr }),
        ours: withoutChance(context, ours),
      }
    }

    it('the recording answers the steps as they stand', () => {
      expect(recorded.map(answer => answer.step)).toEqual(steps.map(step => step.title))
    })

    it.each(steps.map(({ title }, index) => ({ title, index })))('$index $title', ({ title, index }) => {
      const { real, ours } = answersOf(index)
      if (known.some(divergence => divergence.step === title)) expect(ours).not.toEqual(real)
      else expect(ours).toEqual(real)
    })

    it.each(known)('a divergence is of a step that there is: $step', ({ step }) => {
      expect(steps.map(({ title }) => title)).toContain(step)
    })
  },
)

/** The boots that are recorded so far; the others of `boot-steps.yaml` are questions without an answer yet. */
const boots = bootVariants().filter(({ name }) => hasBoot(name))

describe.each(boots)(
  'booted with $cmdline, $release answers as it did',
  ({ name, release, cmdline, unsigned = [], steps }) => {
    const recorded = readSession(`boot-${name}`).answers

    it.each(steps.map(({ argv, title }, index) => ({ argv, title, index })))(
      '$title',
      async ({ argv, title, index }) => {
        const machine = await boot(release, { cmdline, unsignedModules: unsigned })
        const { exitCode, stdout, stderr } = recorded[index] ?? { exitCode: -1, stdout: '', stderr: '' }
        const real = withoutBootChance(title, { exitCode, stdout, stderr })
        const ours = withoutBootChance(title, await run(machine, argv))
        if (OF_THE_AGENT.includes(title)) expect(ours).not.toEqual(real)
        else expect(ours).toEqual(real)
      },
    )
  },
)

/** What the recorder runs is in the group of the guest agent; a request here is in none. */
const OF_THE_AGENT: readonly string[] = ['cat /proc/self/cgroup']

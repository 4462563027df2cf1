import { afterAll, beforeAll, beforeEach, describe } from 'vitest'
import { containerImage } from '../containers/container-image.ts'
import { dockerEngine } from '../containers/docker-engine.ts'
import { EnvironmentMissing } from '../containers/environment-missing.ts'
import { readRelease } from '../containers/release.ts'
import { type StartContainerOptions, type StartedContainer, startContainer } from '../containers/start.ts'
import { type StartedVm, type StartVmOptions, startVm, vmIsPossible } from '../containers/vm/start.ts'

const isRequired = process.env.SEATRIAL_REQUIRE_REAL === '1'

/**
 * A suite against one real container of a release, started before its first test and removed after its last:
 *
 *     await describeContainer('debian-12', 'modprobe', container => {
 *       test('…', async () => { await container().exec(['modprobe', 'overlay']) })
 *     })
 *
 * Where no container can be had its tests are reported as not run, by name and with the reason; with
 * SEATRIAL_REQUIRE_REAL=1 they fail.
 */
export async function describeContainer(
  name: string,
  title: string,
  body: (container: () => StartedContainer) => void,
  options: StartContainerOptions = {},
): Promise<void> {
  const real: Real<StartedContainer> = {
    missing: await missingFor(() => containerIsPossible(name)),
    start: () => startContainer(name, options),
  }
  describeReal(real, title, body)
}

/**
 * The same against one virtual machine of a release. Where a test fails, the console of the machine is kept, and the
 * path of the copy is printed.
 */
export async function describeVm(
  name: string,
  title: string,
  body: (vm: () => StartedVm) => void,
  options: StartVmOptions = {},
): Promise<void> {
  const real: Real<StartedVm> = {
    missing: await missingFor(() => vmIsPossible(name, options.packages)),
    start: () => startVm(name, options),
  }
  describeReal(real, title, vm => {
    beforeEach(context => {
      context.onTestFailed(() => {
        process.stderr.write(`console of ${vm().name}: ${vm().keepConsole()}\n`)
      })
    })
    body(vm)
  })
}

interface Real<T> {
  /** Why there is none here. */
  readonly missing: string | undefined
  readonly start: () => Promise<T>
}

function describeReal<T extends { stop(): Promise<void> }>(
  { missing, start }: Real<T>,
  title: string,
  body: (real: () => T) => void,
): void {
  if (missing !== undefined && !isRequired) {
    describe.skip(`${title} (not run: ${missing})`, () => body(notStarted))
    return
  }
  describe(title, () => {
    let started: T | undefined
    beforeAll(async () => {
      if (missing !== undefined) throw new EnvironmentMissing(`SEATRIAL_REQUIRE_REAL is set, but ${missing}`)
      started = await start()
    })
    afterAll(async () => started?.stop())
    body(() => started ?? notStarted())
  })
}

function notStarted(): never {
  throw new Error('a real host is there only while the tests of its suite run')
}

/**
 * Builds the image where it can be built. The engine is kept until this process ends: the suites' containers come and go
 * in it.
 */
async function containerIsPossible(name: string): Promise<void> {
  const engine = await dockerEngine()
  await containerImage(readRelease(name), engine.dockerHost)
}

/** One sentence that says why there is no such environment here. */
async function missingFor(attempt: () => Promise<void>): Promise<string | undefined> {
  try {
    await attempt()
    return undefined
  } catch (error) {
    if (error instanceof EnvironmentMissing) return error.message
    throw error
  }
}

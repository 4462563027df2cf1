import { afterAll, beforeAll, describe } from 'vitest'
import { containerImage } from '../containers/container-image.ts'
import { dockerEngine } from '../containers/docker-engine.ts'
import { EnvironmentMissing } from '../containers/environment-missing.ts'
import { readRelease } from '../containers/release.ts'
import { type StartContainerOptions, type StartedContainer, startContainer } from '../containers/start.ts'

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
  const missing = await missingFor(name)
  if (missing !== undefined && !isRequired) {
    describe.skip(`${title} (not run: ${missing})`, () => body(notStarted))
    return
  }
  describe(title, () => {
    let started: StartedContainer | undefined
    beforeAll(async () => {
      if (missing !== undefined) throw new EnvironmentMissing(`SEATRIAL_REQUIRE_REAL is set, but ${missing}`)
      started = await startContainer(name, options)
    })
    afterAll(async () => started?.stop())
    body(() => started ?? notStarted())
  })
}

function notStarted(): never {
  throw new Error('a container is there only while the tests of its suite run')
}

/**
 * One sentence that says why there is no such container here; builds the image where it can be built. The engine is kept
 * until this process ends: the suites' containers come and go in it.
 */
async function missingFor(name: string): Promise<string | undefined> {
  try {
    const engine = await dockerEngine()
    await containerImage(readRelease(name), engine.dockerHost)
    return undefined
  } catch (error) {
    if (error instanceof EnvironmentMissing) return error.message
    throw error
  }
}

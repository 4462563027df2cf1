import { beforeAll, describe, expect, it } from 'vitest'
import type { ContainerdState } from '../../sim/containerd/daemon.ts'
import type { Machine } from '../../sim/machine.ts'
import { SimHost } from '../../sim/sim-host.ts'
import { DEFAULT_NODE_CONFIG } from '../../src/config/node-config.ts'
import { apply, plan } from '../../src/engine/engine.ts'
import { describe as describeFailure } from '../../src/engine/failure.ts'
import { digestOf } from '../../src/host/digest.ts'
import { type Host, HostError, isFailure, type Reply, type Request } from '../../src/host/host.ts'
import { encodeText } from '../../src/host/surrogate-escape.ts'
import { boot } from '../simulated.ts'
import { configure, STARTING_STATES, type StartingState } from './engine-story.ts'
import { type HostState, observe } from './oracle.ts'

/** Where a run is cut off: before the request `request` of its batch `batch`; as many requests have been answered. */
interface Cut {
  readonly batch: number
  readonly request: number
}

/** The same host, whose link breaks at a cut. What was not sent yet never arrives. */
class CutHost implements Host {
  readonly name: string
  /** The rest of the batch in which it broke. */
  unsent: readonly Request[] = []
  /** What the file systems of the host held when that batch began. */
  filesBefore: unknown
  readonly #host: SimHost
  readonly #cut: Cut
  #batch = 0

  constructor(host: SimHost, cut: Cut) {
    this.name = host.name
    this.#host = host
    this.#cut = cut
  }

  async send(...[batch, options]: Parameters<Host['send']>): Promise<readonly Reply[]> {
    if (this.#batch++ !== this.#cut.batch) return this.#host.send(batch, options)
    this.filesBefore = this.#host.machine.state.trees
    const replies = await this.#host.send(batch.slice(0, this.#cut.request), options)
    this.unsent = batch.slice(this.#cut.request)
    throw new HostError('closed', 'the link is gone', { replies })
  }

  close(): Promise<void> {
    return this.#host.close()
  }
}

/** A host that is looked at after every single request. */
class WatchedHost implements Host {
  readonly name: string
  /** How many requests each batch had. */
  readonly sizes: number[] = []
  readonly #host: Host
  readonly #look: () => void

  constructor(host: Host, look: () => void) {
    this.name = host.name
    this.#host = host
    this.#look = look
  }

  async send(...[batch, options]: Parameters<Host['send']>): Promise<readonly Reply[]> {
    this.sizes.push(batch.length)
    const replies: Reply[] = []
    for (const request of batch) {
      const isStopped = options?.stopAtFailure === true && replies.some(isFailure)
      const [reply] = isStopped ? [NOT_RUN] : await this.#host.send([request], options)
      if (reply !== undefined) replies.push(reply)
      this.#look()
    }
    return replies
  }

  close(): Promise<void> {
    return this.#host.close()
  }
}

const NOT_RUN: Reply = { kind: 'not-run', reason: 'earlier-failure' }

const CONFIG_PATH = '/etc/containerd/config.toml'

/** The digest of config.toml; undefined where there is none. */
function configDigest({ fs, rootCaller }: Machine): string | undefined {
  if (!fs.canAccess(rootCaller, CONFIG_PATH, 'exists')) return undefined
  const file = fs.open(rootCaller, CONFIG_PATH, { read: true }, 0)
  return digestOf(file.read(1 << 24) ?? encodeText(''))
}

/** The daemon that runs, as the simulated machine knows it: what it has loaded cannot be asked of a real one. */
function runningDaemon(machine: Machine): ContainerdState['daemon'] {
  const { daemon } = machine.state.daemons.get('containerd') as ContainerdState
  return daemon !== undefined && machine.kernel.processes.get(daemon.pid) !== undefined ? daemon : undefined
}

/** A prepared machine, and what becomes of it when nothing interrupts. */
interface Story {
  readonly prepared: Machine
  readonly wanted: HostState
  /** config.toml before and after: it may never be anything else. */
  readonly configs: ReadonlySet<string | undefined>
  readonly cuts: readonly Cut[]
}

async function tell(image: string, state: StartingState): Promise<Story> {
  const host = new SimHost(`sim:${image}`, await boot(image))
  await configure(host, state)
  // containerd writes an id of its own to disk when it is first asked for it.
  await plan(host, DEFAULT_NODE_CONFIG)
  const prepared = host.machine.fork()
  const before = configDigest(prepared)
  const watched = new WatchedHost(host, () => undefined)
  expect((await apply(watched, DEFAULT_NODE_CONFIG)).failures).toEqual([])
  expect(watched.sizes).toHaveLength(3)
  const cuts = watched.sizes.flatMap((size, batch) =>
    Array.from({ length: size + 1 }, (_, request) => ({ batch, request })),
  )
  const configs = new Set([before, configDigest(host.machine)])
  return { prepared, wanted: await observe(host), configs, cuts }
}

/** Runs apply up to the cut; the host is as the far side has it then, config.toml never half-written. */
async function cutOff({ prepared, configs }: Story, cut: Cut): Promise<{ host: SimHost; link: CutHost }> {
  const host = new SimHost('sim:interrupted', prepared.fork())
  const link = new CutHost(host, cut)
  const report = await apply(link, DEFAULT_NODE_CONFIG)
  expect(report.failures.map(failure => failure.reason)).toEqual(['host-unreachable'])
  expect(configs).toContain(configDigest(host.machine))
  return { host, link }
}

/** A run that nothing interrupts takes the host to where it would have been, and containerd has loaded what is on disk. */
async function expectFinished(host: SimHost, { configs, wanted }: Story): Promise<void> {
  const watched = new WatchedHost(host, () => expect(configs).toContain(configDigest(host.machine)))
  const report = await apply(watched, DEFAULT_NODE_CONFIG)
  expect(report.failures.map(describeFailure)).toEqual([])
  expect(report.checks.filter(check => check.verdict === 'fail')).toEqual([])
  await expectDone(host, wanted)
}

async function expectDone(host: SimHost, wanted: HostState): Promise<void> {
  expect(await observe(host)).toEqual(wanted)
  const daemon = runningDaemon(host.machine)
  expect(daemon?.loadedFiles.find(file => file.path === CONFIG_PATH)?.digest).toBe(configDigest(host.machine))
  expect(daemon?.effectiveConfig).toBe(wanted.effectiveConfig)
  const again = await apply(host, DEFAULT_NODE_CONFIG)
  expect({ hasChanged: again.hasChanged, failures: again.failures }).toEqual({
    hasChanged: false,
    failures: [],
  })
  expect(runningDaemon(host.machine)?.pid).toBe(daemon?.pid)
}

/** Ends an assertion's message with the place. */
async function at<T>(cut: Cut, body: () => Promise<T>): Promise<T> {
  try {
    return await body()
  } catch (error) {
    if (error instanceof Error) error.message = `batch ${cut.batch}, request ${cut.request}: ${error.message}`
    throw error
  }
}

/** The batch that changes the host; those before and after it look. */
const STEPS = 1

const MENDABLE = STARTING_STATES.filter(state => state.refusal === undefined)

for (const image of ['debian-12', 'debian-12-container']) {
  describe.each(MENDABLE)(`an apply on sim:${image} with $name`, state => {
    let story: Story

    beforeAll(async () => {
      story = await tell(image, state)
    })

    it('that is cut off after any request of its steps is finished by the next one', async ({ annotate }) => {
      const cuts = story.cuts.filter(({ batch }) => batch === STEPS)
      expect(cuts.length).toBeGreaterThan(5)
      for (const cut of cuts) {
        await at(cut, async () => {
          const { host } = await cutOff(story, cut)
          await expectFinished(host, story)
        })
      }
      await annotate(`cut off at ${cuts.length} places`)
    })

    it('that is cut off while it looks has not written anything by looking', async ({ annotate }) => {
      const cuts = story.cuts.filter(({ batch }) => batch !== STEPS)
      for (const cut of cuts) {
        await at(cut, async () => {
          const { host, link } = await cutOff(story, cut)
          expect(host.machine.state.trees === link.filesBefore).toBe(true)
        })
      }
      const last = await cutOff(story, { batch: STEPS + 1, request: 0 })
      await expectFinished(last.host, story)
      await annotate(`cut off at ${cuts.length} places`)
    })

    it('that is cut off leaves a host that boots, cleanly or after a power cut, and the next one finishes', async () => {
      for (const cut of story.cuts.filter(({ batch }) => batch === STEPS)) {
        for (const goDown of ['reboot', 'powerCut'] as const) {
          await at(cut, async () => {
            const { host } = await cutOff(story, cut)
            host.machine = await host.machine[goDown]()
            expect(story.configs).toContain(configDigest(host.machine))
            expect(runningDaemon(host.machine)).toBeDefined()
            await expectFinished(host, story)
          })
        }
      }
    })

    it('whose rest goes on behind the second run, between its look and its batch, is finished by the one after', async () => {
      for (const cut of story.cuts.filter(({ batch }) => batch === STEPS)) {
        await at(cut, async () => {
          const { host, link } = await cutOff(story, cut)
          const late = new WatchedHost(host, () => undefined)
          let isLate = true
          const second: Host = {
            name: host.name,
            close: () => host.close(),
            async send(batch, options) {
              if (options?.stopAtFailure === true && isLate) {
                isLate = false
                await late.send(link.unsent, { ...options })
              }
              return host.send(batch, options)
            },
          }
          await apply(second, DEFAULT_NODE_CONFIG)
          await expectFinished(host, story)
        })
      }
    })
  })
}

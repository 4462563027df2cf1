import { assertSimulated } from '../hosts.ts'
import type { Clock } from './clock.ts'
import { EXIT, OperatorError } from './exit-status.ts'
import { runFleet } from './fleet.ts'
import { type HostRunOptions, type HostWork, isFailed, runOnHost } from './host-run.ts'
import { jsonLine } from './json-lines.ts'
import type { LiveView } from './live-view.ts'
import type { NodeVerbOptions } from './main.ts'
import { type HostOutcome, summaryLines } from './summary.ts'
import { openTargets, type Target } from './targets.ts'
import type { Terminal } from './terminal.ts'

export type { HostWork } from './host-run.ts'

/**
 * How many hosts are worked on at a time. sshd begins to refuse connections at random when ten wait to be let in
 * (MaxStartups in sshd_config(5), 10:30:100), which is what a jump host would see.
 */
export const DEFAULT_PARALLEL = 10

/** What a verb is, and where it runs. */
export interface VerbContext {
  readonly terminal: Terminal
  readonly clock: Clock
  readonly verb: HostRunOptions['verb']
  readonly work: HostWork
}

/**
 * Does a verb on each host, some at a time; the worst exit status counts. All names are understood before anything is
 * done, and one host's failure stops no other, unless it was to go first.
 */
export async function onEachHost(
  names: readonly string[],
  options: NodeVerbOptions,
  context: VerbContext,
): Promise<number> {
  if (options.save !== undefined && names.length > 1) throw usage('--save takes one host')
  const targets = await openTargets(names, options)
  try {
    const { canary = 0 } = options
    if (canary >= targets.length && canary > 0)
      throw usage(
        `--canary ${canary} leaves none of ${targets.length === 1 ? 'one host' : `${targets.length} hosts`} for afterwards`,
      )
    if (options.save !== undefined && targets.length > 1) throw usage('--save takes one host')
    if (options.save !== undefined) for (const { host } of targets) await assertSimulated(host)
    if (options.record !== undefined) await (await import('./keep-report.ts')).prepareReports(options.record)
    const outcomes = await new Fleet(targets, options, context).run()
    for (const outcome of outcomes) if ('bug' in outcome && outcome.bug !== undefined) throw outcome.bug
    return outcomes.map(exitStatusOf).reduce(worse, EXIT.ok)
  } finally {
    await Promise.all(targets.map(({ host }) => host.close()))
  }
}

const usage = (message: string): OperatorError => new OperatorError(message, EXIT.usage)

/** The hosts of one run, and what is said of them together. */
class Fleet {
  readonly #targets: readonly Target[]
  readonly #options: NodeVerbOptions
  readonly #context: VerbContext
  readonly #isJson: boolean
  #live: LiveView | undefined

  constructor(targets: readonly Target[], options: NodeVerbOptions, context: VerbContext) {
    this.#targets = targets
    this.#options = options
    this.#context = context
    this.#isJson = options.json === true
  }

  async run(): Promise<readonly HostOutcome[]> {
    const { clock } = this.#context
    const startedAt = clock.now()
    this.#live = await this.#liveView()
    try {
      const outcomes = await this.#work()
      this.#live?.close()
      this.#conclude(outcomes, clock.now() - startedAt)
      return outcomes
    } finally {
      this.#live?.close()
    }
  }

  /** Only where it is shown: what it measures text with takes longer to load than one host to be asked. */
  async #liveView(): Promise<LiveView | undefined> {
    const { terminal, clock } = this.#context
    if (!terminal.isInteractive || this.#targets.length < 2 || this.#isJson) return undefined
    const names = this.#targets.map(({ host }) => host.name)
    const { LiveView } = await import('./live-view.ts')
    return new LiveView(names, terminal, clock)
  }

  async #work(): Promise<readonly HostOutcome[]> {
    const { terminal } = this.#context
    const { parallel = DEFAULT_PARALLEL, canary = 0 } = this.#options
    const outcomes = await runFleet(this.#targets, {
      parallel,
      canary,
      signal: terminal.signal,
      isFailed,
      run: target => this.#runOn(target),
    })
    return this.#targets.map(({ host }, index) => {
      const outcome = outcomes[index] ?? 'interrupted'
      return typeof outcome === 'object' ? outcome : { name: host.name, notStarted: outcome }
    })
  }

  async #runOn(target: Target): ReturnType<typeof runOnHost> {
    const { save, record } = this.#options
    this.#live?.start(target.host.name)
    const result = await runOnHost(target, {
      ...this.#context,
      terminal: this.#live?.terminal ?? this.#context.terminal,
      isJson: this.#isJson,
      isAmongOthers: this.#targets.length > 1,
      isBrief: this.#live !== undefined,
      observe: (name, event) => this.#live?.observe(name, event),
      ...(save !== undefined && { save }),
      ...(record !== undefined && { record }),
    })
    this.#live?.ended(result)
    return result
  }

  #conclude(outcomes: readonly HostOutcome[], durationMs: number): void {
    const { terminal } = this.#context
    if (this.#isJson) {
      for (const { name, ...outcome } of outcomes)
        if ('notStarted' in outcome)
          terminal.print(jsonLine(name, { event: 'not-started', reason: outcome.notStarted }))
    } else if (outcomes.length > 1)
      for (const line of summaryLines(outcomes, { style: terminal.style, durationMs }))
        terminal.print(`${line}\n`)
    else if (outcomes.some(outcome => 'notStarted' in outcome))
      terminal.complain('seatrial: interrupted before it began\n')
  }
}

const exitStatusOf = (outcome: HostOutcome): number =>
  'exitStatus' in outcome ? outcome.exitStatus : EXIT.failed

/** Not modelled beats failed beats changes beats done: what is not known is worse than what is. */
const worse = (a: number, b: number): number => (Math.max(rank(a), rank(b)) === rank(a) ? a : b)

const ORDER: readonly number[] = [EXIT.ok, EXIT.changes, EXIT.failed, EXIT.usage, EXIT.unsimulated]
const rank = (exitStatus: number): number => ORDER.indexOf(exitStatus)

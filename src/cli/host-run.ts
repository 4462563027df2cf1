import type { NodeConfig } from '../config/node-config.ts'
import type { RunOptions } from '../engine/engine.ts'
import type { EngineEvent, Observer } from '../engine/observer.ts'
import type { Report, ReportFailure } from '../format/report.ts'
import type { Host } from '../host/host.ts'
import { type RoundTrip, recordHost } from '../host/recorder.ts'
import type { Clock } from './clock.ts'
import { EXIT } from './exit-status.ts'
import { complainOf, wordsFor } from './explain.ts'
import type { HostResult } from './host-result.ts'
import { printerFor } from './report.ts'
import { saveMachine } from './save.ts'
import type { Target } from './targets.ts'
import type { Terminal } from './terminal.ts'
import { version } from './version.ts'

/** One host's part of a verb. */
export type HostWork = (
  host: Host,
  config: NodeConfig,
  options: RunOptions,
) => Promise<Pick<HostResult, 'exitStatus' | 'hasChanged'>>

export interface HostRunOptions {
  readonly terminal: Terminal
  readonly clock: Clock
  readonly verb: Report['verb']
  readonly work: HostWork
  readonly isJson: boolean
  readonly isAmongOthers: boolean
  /** A table shows what is under way: what went well is only counted. */
  readonly isBrief: boolean
  readonly observe: (name: string, event: EngineEvent) => void
  readonly save?: string
  /** The directory for a report, should it fail. */
  readonly record?: string
}

/** Does a verb on a host, says what happens, keeps what is to be kept, and lets go of the host. */
export async function runOnHost({ host, config }: Target, options: HostRunOptions): Promise<HostResult> {
  const { terminal, clock, record, isJson, isAmongOthers, isBrief } = options
  const startedAt = clock.now()
  const printer = printerFor({
    ...{ terminal, host: host.name, isJson, isAmongOthers, isBrief },
    ...(options.verb === 'plan' && { stepDiff: (await import('./step-diff.ts')).diffLines }),
  })
  const events: EngineEvent[] = []
  const exchanges: RoundTrip[] = []
  const observer: Observer = event => {
    events.push(event)
    options.observe(host.name, event)
    printer.observe(event)
  }
  const recorded = record === undefined ? host : recordHost(host, trip => exchanges.push(trip))
  const done = await attempt({ host, recorded, config, observer }, options)
  const result = { ...done, failures: [...failuresOf(events), ...done.failures] }
  const durationMs = clock.now() - startedAt
  if (record !== undefined && isFailed(result))
    await keep(
      record,
      { ...result, host: host.name, config, events, exchanges, startedAt, durationMs },
      options,
    )
  printer.end(result.exitStatus)
  await host.close()
  return { ...result, name: host.name, durationMs }
}

/** Whether something is wrong, and not only to be done. */
export const isFailed = ({ exitStatus }: Pick<HostResult, 'exitStatus'>): boolean =>
  exitStatus !== EXIT.ok && exitStatus !== EXIT.changes

type Done = Pick<HostResult, 'exitStatus' | 'hasChanged' | 'failures' | 'bug'>

interface Attempt {
  readonly host: Host
  readonly recorded: Host
  readonly config: NodeConfig
  readonly observer: Observer
}

/** What is thrown becomes a failure of this host: others go on, and a bug of ours is thrown when they are through. */
async function attempt(
  { host, recorded, config, observer }: Attempt,
  options: HostRunOptions,
): Promise<Done> {
  const { terminal, work, save } = options
  try {
    const done = await work(recorded, config, { observer, signal: terminal.signal })
    if (save !== undefined) await saveMachine(host, save)
    return { ...done, failures: [] }
  } catch (error) {
    const words = wordsFor(error, terminal)
    if (words !== undefined) {
      complainOf(words.description, terminal, host.name)
      return { exitStatus: words.exitStatus, hasChanged: false, failures: [words] }
    }
    const bug = error instanceof Error ? error : new Error(String(error))
    const description = `${bug.message}: this is a bug of Seatrial`
    complainOf(description, terminal, host.name)
    return { exitStatus: EXIT.failed, hasChanged: false, failures: [{ reason: 'bug', description }], bug }
  }
}

/** What the engine said went wrong; checks that failed together are one failure. */
function failuresOf(events: readonly EngineEvent[]): readonly ReportFailure[] {
  const failures = events.flatMap(event =>
    event.event === 'failed' ? [{ reason: event.failure.reason, description: event.description }] : [],
  )
  const names = events.flatMap(event =>
    event.event === 'check' && event.check.verdict === 'fail' ? [event.check.name] : [],
  )
  if (names.length === 0) return failures
  const description = `${names.length === 1 ? '1 check' : `${names.length} checks`} failed: ${names.join('; ')}`
  return [...failures, { reason: 'checks-failed', description }]
}

interface Kept extends Done, Pick<Report, 'host' | 'config' | 'events' | 'exchanges' | 'durationMs'> {
  readonly startedAt: number
}

/** A report that cannot be kept is said, and does not hide what it was about. */
async function keep(directory: string, kept: Kept, { terminal, verb }: HostRunOptions): Promise<void> {
  const { failures, startedAt } = kept
  const report: Report = {
    format: 'seatrial-report',
    version: 1,
    versions: { seatrial: await version(), node: process.versions.node },
    verb,
    host: kept.host,
    startedAt: new Date(startedAt).toISOString(),
    durationMs: kept.durationMs,
    exitStatus: kept.exitStatus,
    failure: {
      reason: failures[0]?.reason ?? 'unknown',
      description: failures.map(({ description }) => description).join('\n'),
    },
    config: kept.config,
    events: kept.events,
    exchanges: kept.exchanges,
  }
  try {
    const path = await (await import('./keep-report.ts')).keepReport(directory, report)
    terminal.complain(
      `seatrial: ${kept.host}: the report is ${path}; look through it before you pass it on\n`,
    )
  } catch (error) {
    const words = wordsFor(error, terminal)
    if (words === undefined) throw error
    complainOf(words.description, terminal, kept.host)
  }
}

import { causesOf } from './cause.ts'
import type { NotStarted } from './fleet.ts'
import { counted, type HostResult, VERDICTS, verdictOf } from './host-result.ts'
import type { Style } from './terminal.ts'
import { visible } from './visible.ts'

/** What came of a host, or why nothing did. */
export type HostOutcome = HostResult | { readonly name: string; readonly notStarted: NotStarted }

const SLOWEST = 3

const REASONS: Readonly<Record<NotStarted, string>> = {
  interrupted: 'interrupted',
  'canary-failed': 'a host that went first failed',
}

/** What is said of several hosts when all is over: how many of each, every cause of failure once, and who took long. */
export function summaryLines(
  outcomes: readonly HostOutcome[],
  { style, durationMs }: { readonly style: Style; readonly durationMs: number },
): readonly string[] {
  const results = outcomes.filter(outcome => 'exitStatus' in outcome)
  const verdicts = outcomes.map(outcome => ('exitStatus' in outcome ? verdictOf(outcome) : 'not started'))
  return [
    `${style.bold(`${outcomes.length} hosts`)}: ${counted(verdicts, VERDICTS)}; ${seconds(durationMs)}`,
    ...causesOf(results).flatMap(({ failure, hosts }) => [
      `${style.red('failed')} on ${hosts.length === 1 ? '1 host' : `${hosts.length} hosts`}: ${visible(failure.description).replaceAll('\n', '\n  ')}`,
      `  ${names(hosts)}`,
    ]),
    ...notStartedLines(outcomes, style),
    ...slowestLine(results),
  ]
}

function notStartedLines(outcomes: readonly HostOutcome[], style: Style): readonly string[] {
  return (['interrupted', 'canary-failed'] as const).flatMap(why => {
    const hosts = outcomes.filter(outcome => 'notStarted' in outcome && outcome.notStarted === why)
    if (hosts.length === 0) return []
    return [`${style.yellow('not started')} (${REASONS[why]}): ${names(hosts.map(({ name }) => name))}`]
  })
}

function slowestLine(results: readonly HostResult[]): readonly string[] {
  if (results.length <= SLOWEST) return []
  const slowest = results.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, SLOWEST)
  return [`slowest: ${slowest.map(one => `${visible(one.name)} ${seconds(one.durationMs)}`).join(', ')}`]
}

const names = (hosts: readonly string[]): string => hosts.map(visible).join(', ')

const seconds = (durationMs: number): string => `${(durationMs / 1000).toFixed(1)} s`

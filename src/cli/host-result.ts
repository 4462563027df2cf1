import type { ReportFailure } from '../format/report.ts'
import { EXIT } from './exit-status.ts'

/** What came of the work on one host. */
export interface HostResult {
  readonly name: string
  /** What the command would end with for this host alone. */
  readonly exitStatus: number
  readonly hasChanged: boolean
  readonly durationMs: number
  /** Empty when it went well. */
  readonly failures: readonly ReportFailure[]
  /** What was thrown that no operator can have caused. */
  readonly bug?: Error
}

export type Verdict = 'ok' | 'changed' | 'to change' | 'failed' | 'not started'

/** The word for what came of a host. */
export function verdictOf({ exitStatus, hasChanged }: HostResult): Verdict {
  if (exitStatus === EXIT.changes) return 'to change'
  if (exitStatus !== EXIT.ok) return 'failed'
  return hasChanged ? 'changed' : 'ok'
}

/** How many there are of each, in the order of the words: `3 changed, 1 failed`. */
export function counted(verdicts: readonly string[], order: readonly string[]): string {
  return order
    .map(word => [verdicts.filter(verdict => verdict === word).length, word] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ')
}

export const VERDICTS: readonly Verdict[] = ['ok', 'changed', 'to change', 'failed', 'not started']

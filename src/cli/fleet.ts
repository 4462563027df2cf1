import { setImmediate as nextTurn } from 'node:timers/promises'

export interface FleetOptions<Job, Result> {
  /** How many are worked on at a time. */
  readonly parallel: number
  /** So many go first, and the rest only when none of them failed. */
  readonly canary: number
  /** Nothing is started after it; what runs sees to itself. */
  readonly signal: AbortSignal
  readonly run: (job: Job) => Promise<Result>
  readonly isFailed: (result: Result) => boolean
}

/** Why a job was not started. */
export type NotStarted = 'interrupted' | 'canary-failed'

/** Works on many jobs, some at a time; one outcome a job, in their order. */
export async function runFleet<Job, Result extends object>(
  jobs: readonly Job[],
  options: FleetOptions<Job, Result>,
): Promise<readonly (Result | NotStarted)[]> {
  const { canary, isFailed } = options
  const first = await wave(jobs.slice(0, canary), options)
  const hasFailed = first.some(outcome => typeof outcome === 'object' && isFailed(outcome))
  const rest = jobs.slice(canary)
  return [...first, ...(hasFailed ? rest.map(() => 'canary-failed' as const) : await wave(rest, options))]
}

async function wave<Job, Result extends object>(
  jobs: readonly Job[],
  { parallel, signal, run }: FleetOptions<Job, Result>,
): Promise<readonly (Result | NotStarted)[]> {
  const outcomes: (Result | NotStarted)[] = jobs.map(() => 'interrupted')
  const queue = jobs.entries()
  // All workers draw from the one queue.
  const worker = async (): Promise<void> => {
    for (const [index, job] of queue) {
      // Simulated hosts never wait for anything: without this neither Ctrl-C nor the clock would be heard between two.
      await nextTurn()
      if (signal.aborted) return
      outcomes[index] = await run(job)
    }
  }
  await Promise.all(Array.from({ length: Math.min(parallel, jobs.length) }, worker))
  return outcomes
}

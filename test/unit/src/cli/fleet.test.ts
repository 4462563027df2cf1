import { describe, expect, it } from 'vitest'
import { runFleet } from '../../../../src/cli/fleet.ts'

interface Job {
  readonly name: string
  end(outcome: 'ok' | 'failed'): void
  readonly ended: Promise<{ outcome: 'ok' | 'failed' }>
}

function job(name: string): Job {
  let end: Job['end'] = () => {}
  const ended = new Promise<{ outcome: 'ok' | 'failed' }>(resolve => {
    end = outcome => resolve({ outcome })
  })
  return { name, end, ended }
}

/** Runs jobs that end when they are told to; `started` are the names in their order. */
function fleet(names: readonly string[], { parallel = 2, canary = 0 } = {}) {
  const jobs = names.map(job)
  const started: string[] = []
  const interruption = new AbortController()
  const outcomes = runFleet<Job, Awaited<Job['ended']>>(jobs, {
    parallel,
    canary,
    signal: interruption.signal,
    isFailed: ({ outcome }) => outcome === 'failed',
    run: ({ name, ended }) => {
      started.push(name)
      return ended
    },
  }).then(all => all.map(one => (typeof one === 'string' ? one : one.outcome)))
  const end = (name: string, outcome: 'ok' | 'failed' = 'ok') =>
    jobs.find(one => one.name === name)?.end(outcome)
  return {
    started,
    interruption,
    outcomes,
    end,
    startedBecomes: (expected: string[]) => becomes(started, expected),
  }
}

const becomes = (started: readonly string[], expected: readonly string[]) =>
  expect.poll(() => started, { interval: 1 }).toEqual(expected)

describe('a fleet', () => {
  it('works on as many at a time as it may, and takes the next when one is through', async () => {
    const { started, startedBecomes, end, outcomes } = fleet(['a', 'b', 'c', 'd'])
    await startedBecomes(['a', 'b'])
    end('b')
    await startedBecomes(['a', 'b', 'c'])
    for (const name of ['a', 'c', 'd']) end(name)
    expect(await outcomes).toEqual(['ok', 'ok', 'ok', 'ok'])
    expect(started).toEqual(['a', 'b', 'c', 'd'])
  })

  it('is not stopped by one that fails', async () => {
    const { end, outcomes } = fleet(['a', 'b', 'c'], { parallel: 1 })
    end('a', 'failed')
    end('b')
    end('c')
    expect(await outcomes).toEqual(['failed', 'ok', 'ok'])
  })

  it('starts nothing after an interruption, and lets what runs end', async () => {
    const { startedBecomes, started, interruption, end, outcomes } = fleet(['a', 'b', 'c'], { parallel: 1 })
    await startedBecomes(['a'])
    interruption.abort()
    end('a')
    expect(await outcomes).toEqual(['ok', 'interrupted', 'interrupted'])
    expect(started).toEqual(['a'])
  })

  it('starts the rest when the canaries are well, and not before', async () => {
    const { started, startedBecomes, end, outcomes } = fleet(['a', 'b', 'c', 'd'], { parallel: 3, canary: 2 })
    await startedBecomes(['a', 'b'])
    end('a')
    end('c')
    end('d')
    expect(started).toEqual(['a', 'b'])
    end('b')
    expect(await outcomes).toEqual(['ok', 'ok', 'ok', 'ok'])
  })

  it('does not start the rest when a canary fails', async () => {
    const { started, end, outcomes } = fleet(['a', 'b', 'c', 'd'], { parallel: 3, canary: 2 })
    end('a')
    end('b', 'failed')
    expect(await outcomes).toEqual(['ok', 'failed', 'canary-failed', 'canary-failed'])
    expect(started).toEqual(['a', 'b'])
  })
})

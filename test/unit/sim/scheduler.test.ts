import { beforeEach, describe, expect, it } from 'vitest'
import { Clock, type ClockState } from '../../../sim/clock.ts'
import { type Blocking, Scheduler, settle } from '../../../sim/scheduler.ts'

let clock: Clock
let scheduler: Scheduler
let log: string[]
let ended: Map<number, unknown>

beforeEach(() => {
  const cell: { value: ClockState } = { value: { bootSeconds: 0, monotonicNs: 0 } }
  clock = new Clock(cell)
  scheduler = new Scheduler(clock)
  log = []
  ended = new Map()
})

function start(pid: number, body: Blocking<number>): void {
  scheduler.add({ pid, body, waitsFor: undefined, onEnd: outcome => ended.set(pid, outcome) })
}

function* sleep(durationNs: number): Blocking<void> {
  yield { isReady: () => false, wakeAtNs: clock.monotonicNs + durationNs }
}

function* teller(name: string, durationNs: number, times: number): Blocking<number> {
  for (let time = 0; time < times; time++) {
    log.push(`${clock.monotonicNs} ${name}`)
    yield* sleep(durationNs)
  }
  return 0
}

const allEnded = (count: number) => (): boolean => ended.size === count

it('time jumps to the next wake-up; at the same time the task that was started first goes first', () => {
  start(1, teller('a', 20, 2))
  start(2, teller('b', 10, 3))
  expect(scheduler.run(allEnded(2))).toBe('done')
  expect(log).toEqual(['0 a', '0 b', '10 b', '20 a', '20 b'])
  expect(clock.monotonicNs).toBe(40)
})

it('a task that waits for a condition goes on when another has made it true', () => {
  let isThere = false
  function* waiting(): Blocking<number> {
    yield { isReady: () => isThere }
    log.push(`woken at ${clock.monotonicNs}`)
    return 0
  }
  function* making(): Blocking<number> {
    yield* sleep(5)
    isThere = true
    return 0
  }
  start(1, waiting())
  start(2, making())
  scheduler.run(allEnded(2))
  expect(log).toEqual(['woken at 5'])
})

describe('a run', () => {
  function* waiting(): Blocking<number> {
    yield { isReady: () => false }
    return 0
  }

  it('that can never go on is a deadlock', () => {
    start(1, waiting())
    expect(scheduler.run(allEnded(1))).toBe('deadlock')
  })

  it('with a limit stops the clock there', () => {
    start(1, teller('a', 100, 1))
    expect(scheduler.run(allEnded(1), 50)).toBe('limit')
    expect([clock.monotonicNs, ended.size]).toEqual([50, 0])
  })

  it('goes on in real time only for a promise', async () => {
    function* asking(): Blocking<number> {
      return yield* settle(Promise.resolve(7))
    }
    start(1, asking())
    expect(await scheduler.runAsync(allEnded(1))).toBe('done')
    expect([ended.get(1), clock.monotonicNs]).toEqual([{ exitCode: 7 }, 0])
  })
})

it('a killed task runs its `finally`, and ends with the status that it was given', () => {
  function* body(): Blocking<number> {
    try {
      yield { isReady: () => false }
      return 0
    } finally {
      log.push('finally')
    }
  }
  start(1, body())
  scheduler.run(() => true)
  scheduler.run(allEnded(1))
  scheduler.kill(1, 137)
  expect([log, ended.get(1), scheduler.tasks.size]).toEqual([['finally'], { exitCode: 137 }, 0])
})

it('what a task throws is its end', () => {
  const error = new Error('broken')
  function* failing(): Blocking<number> {
    yield* sleep(1)
    throw error
  }
  start(1, failing())
  scheduler.run(allEnded(1))
  expect(ended.get(1)).toEqual({ thrown: error })
})

it('a machine is quiescent when all that is left is parked', () => {
  function* daemon(): Blocking<number> {
    for (;;) yield { isReady: () => false, isParked: true }
  }
  start(1, daemon())
  expect(scheduler.isQuiescent).toBe(false)
  scheduler.run(() => false)
  expect(scheduler.isQuiescent).toBe(true)
})

it('an alarm rings at its time, before the tasks of that time', () => {
  let nextNs = 10
  scheduler.alarms = {
    nextNs: () => nextNs,
    ring: () => {
      log.push(`${clock.monotonicNs} alarm`)
      nextNs = Number.POSITIVE_INFINITY
    },
  }
  start(1, teller('a', 10, 2))
  scheduler.run(allEnded(1))
  expect(log).toEqual(['0 a', '10 alarm', '10 a'])
})

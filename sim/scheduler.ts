import type { Clock } from './clock.ts'

/** What a blocked task waits for. The scheduler polls; nothing here knows real time. */
export interface Wait {
  /** Whether the task may go on. */
  isReady(): boolean
  /** Virtual time at which to go on in any case, nanoseconds of the monotonic clock. */
  readonly wakeAtNs?: number
  /** A library's promise: settled before anything else is scheduled, so that its turn count cannot matter. */
  readonly promise?: Promise<unknown>
  /** A daemon whose whole state is in the machine: its generator may be dropped. */
  readonly isParked?: boolean
}

/** A computation that may block: `yield* sleep(…)`. */
export type Blocking<T> = Generator<Wait, T, void>

/** A program in execution, as the scheduler sees it. */
export interface Task {
  readonly pid: number
  readonly body: Blocking<number>
  waitsFor: Wait | undefined
  /** Called once, with the exit status or what was thrown. */
  readonly onEnd: (outcome: { exitCode: number } | { thrown: unknown }) => void
}

/** How long a busy program may keep the process that simulates it to itself: some tens of milliseconds. */
const TURNS_WITHOUT_PAUSE = 5000

/** A source of events on the monotonic clock. */
export interface Alarms {
  nextNs(): number
  /** Called when `nextNs` has come: it must move it on. */
  ring(): void
}

/**
 * Runs tasks in order of their pid, one at a time, each until it blocks. When none can go on, virtual time jumps to
 * the earliest wake-up: a discrete-event simulation, so the same program gives the same interleaving every time.
 */
export class Scheduler {
  /** Things that happen at a time although no task waits for it: PID 1's timers, kept in its state. */
  alarms: Alarms = { nextNs: () => Number.POSITIVE_INFINITY, ring: () => undefined }
  /** Awaited now and then: whoever drives the machine may let other things of its own process happen. */
  pause: () => Promise<unknown> = () => Promise.resolve()
  readonly #clock: Clock
  readonly #tasks = new Map<number, Task>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get tasks(): ReadonlyMap<number, Task> {
    return this.#tasks
  }

  add(task: Task): void {
    this.#tasks.set(task.pid, task)
  }

  /** Whether nothing but daemons is left: then the machine's state is all there is. */
  get isQuiescent(): boolean {
    return [...this.#tasks.values()].every(task => task.waitsFor?.isParked === true)
  }

  /** Takes a task off, running its `finally` blocks: what SIGKILL does. */
  kill(pid: number, exitCode: number): void {
    const task = this.#tasks.get(pid)
    if (task === undefined) return
    this.#tasks.delete(pid)
    try {
      task.body.return(exitCode)
    } catch (thrown) {
      task.onEnd({ thrown })
      return
    }
    task.onEnd({ exitCode })
  }

  /**
   * Runs until `isDone`, without promises. Returns what must be awaited before it can go on, `done`, or `deadlock`
   * when nothing can ever go on; `limitNs` stops the clock there and returns `limit`.
   */
  run(
    isDone: () => boolean,
    limitNs = Number.POSITIVE_INFINITY,
  ): Promise<unknown> | 'done' | 'deadlock' | 'limit' {
    for (let turns = 0; !isDone(); turns++) {
      if (turns === TURNS_WITHOUT_PAUSE) return this.pause()
      if (this.alarms.nextNs() <= this.#clock.monotonicNs) this.alarms.ring()
      const next = this.#nextReady()
      if (next === undefined) {
        const wakeAtNs = this.#earliestWake()
        if (wakeAtNs > limitNs) {
          this.#clock.advanceTo(limitNs)
          return 'limit'
        }
        if (wakeAtNs === Number.POSITIVE_INFINITY) return 'deadlock'
        this.#clock.advanceTo(wakeAtNs)
        continue
      }
      const promise = this.#step(next)
      if (promise !== undefined) return promise
    }
    return 'done'
  }

  /** `run`, with the promises of libraries awaited. */
  async runAsync(isDone: () => boolean, limitNs?: number): Promise<'done' | 'deadlock' | 'limit'> {
    for (;;) {
      const outcome = this.run(isDone, limitNs)
      if (typeof outcome === 'string') return outcome
      await outcome.then(ignore, ignore)
    }
  }

  #nextReady(): Task | undefined {
    const now = this.#clock.monotonicNs
    for (const task of this.#tasks.values()) {
      const wait = task.waitsFor
      if (wait === undefined || wait.isReady() || (wait.wakeAtNs ?? Number.POSITIVE_INFINITY) <= now)
        return task
    }
    return undefined
  }

  #earliestWake(): number {
    let earliest = this.alarms.nextNs()
    for (const task of this.#tasks.values())
      earliest = Math.min(earliest, task.waitsFor?.wakeAtNs ?? earliest)
    return earliest
  }

  #step(task: Task): Promise<unknown> | undefined {
    task.waitsFor = undefined
    let result: IteratorResult<Wait, number>
    try {
      result = task.body.next()
    } catch (thrown) {
      this.#tasks.delete(task.pid)
      task.onEnd({ thrown })
      return undefined
    }
    if (result.done) {
      this.#tasks.delete(task.pid)
      task.onEnd({ exitCode: result.value })
      return undefined
    }
    task.waitsFor = result.value
    return result.value.promise
  }
}

const ignore = (): void => undefined

/** Blocks until a library's promise is settled; gives its value or throws its reason. */
export function* settle<T>(promise: Promise<T>): Blocking<T> {
  let outcome: { value: T } | { reason: unknown } | undefined
  const watched = promise.then(
    value => {
      outcome = { value }
    },
    reason => {
      outcome = { reason }
    },
  )
  while (outcome === undefined) yield { isReady: () => outcome !== undefined, promise: watched }
  if ('reason' in outcome) throw outcome.reason
  return outcome.value
}

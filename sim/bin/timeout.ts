import { type ErrnoName, KernelError } from '../../src/host/errno.ts'
import type { Process } from '../process.ts'
import { type Child, SIGNAL_NUMBER, type SignalName, Terminated } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { complain } from './coreutils.ts'
import { program, usageError } from './getopt.ts'
import { quote, quoteAlways } from './quote.ts'
import { parseInterval } from './sleep.ts'

/** Exit statuses of env(1), nohup(1), timeout(1): refused by execve(2), and not there. */
export const CANNOT_INVOKE = 126
export const NOT_FOUND = 127

/** What is said where execve(2) refuses, and the status. */
export function cannotRun(process: Process, name: string, errno: ErrnoName): number {
  complain(process, `failed to run command ${quoteAlways(name)}`, errno)
  return errno === 'ENOENT' ? NOT_FOUND : CANNOT_INVOKE
}

/** A signal by number or name, with or without SIG; undefined where there is none. */
export function parseSignal(text: string): SignalName | undefined {
  const name = text.toUpperCase().replace(/^SIG/, '')
  const names = Object.entries(SIGNAL_NUMBER) as [SignalName, number][]
  return names.find(([candidate, number]) => candidate === name || String(number) === text)?.[0]
}

/** timeout(1) of coreutils 9.1. */
export const timeout = program(
  {
    options: ['k,kill-after:', 'preserve-status', 's,signal:', 'foreground', 'v,verbose'],
    isStoppingAtOperand: true,
    usageStatus: 125,
  },
  function* (process, options): Blocking<number> {
    const [duration, name, ...args] = options.operands
    if (duration === undefined || name === undefined) {
      process.complain(`Try '${process.argv[0]} --help' for more information.\n`)
      return 125
    }
    const limit = parseInterval(duration)
    const killAfter = options.has('kill-after') ? parseInterval(options.value('kill-after') ?? '') : undefined
    const signal = parseSignal(options.value('signal') ?? 'TERM')
    if (limit === undefined || (options.has('kill-after') && killAfter === undefined)) {
      complain(
        process,
        `invalid time interval ${quote(process, limit === undefined ? duration : (options.value('kill-after') ?? ''))}`,
      )
      process.complain(`Try '${process.argv[0]} --help' for more information.\n`)
      return 125
    }
    if (signal === undefined) {
      process.complain(
        usageError(process, `${quote(process, options.value('signal') ?? '')}: invalid signal`).text,
      )
      return 125
    }
    const path = process.which(name)
    try {
      if (path === undefined) return cannotRun(process, name, 'ENOENT')
      const child = process.spawn(path, [name, ...args])
      const isLate = yield* isOverdue(process, child, limit)
      if (!isLate) return yield* child.wait()
      return yield* end(process, child, {
        signal,
        name,
        killAfter,
        isPreserving: options.has('preserve-status'),
        isVerbose: options.has('verbose'),
      })
    } catch (error) {
      if (error instanceof KernelError) return cannotRun(process, name, error.errno)
      throw error
    }
  },
)

/** Whether the time is up before the child ends; a limit of 0 is none. */
function* isOverdue(process: Process, child: Child, limit: number): Blocking<boolean> {
  const isOver = (): boolean => child.exitCode !== undefined || child.thrown !== undefined
  if (limit === 0) return false
  const wakeAtNs = process.clock.monotonicNs + limit * 1e9
  while (!isOver() && process.clock.monotonicNs < wakeAtNs) yield { isReady: isOver, wakeAtNs }
  return !isOver()
}

interface Ending {
  readonly signal: SignalName
  readonly name: string
  readonly killAfter: number | undefined
  readonly isPreserving: boolean
  readonly isVerbose: boolean
}

function* end(process: Process, child: Child, ending: Ending): Blocking<number> {
  const { signal, name, killAfter, isPreserving, isVerbose } = ending
  const tell = (sent: SignalName): void => {
    if (isVerbose) complain(process, `sending signal ${sent} to command ${quote(process, name)}`)
  }
  tell(signal)
  sendToFamily(child.process, signal)
  // Sent to its own group, too: with KILL that is the end of timeout itself.
  if (signal === 'KILL') throw new Terminated('KILL')
  if (killAfter !== undefined && (yield* isOverdue(process, child, killAfter))) {
    tell('KILL')
    sendToFamily(child.process, 'KILL')
    throw new Terminated('KILL')
  }
  const status = yield* child.wait()
  return isPreserving ? status : 124
}

/** The process group that timeout made for its child. */
function sendToFamily(process: Process, signal: SignalName): void {
  const children = [...process.children.values()]
  process.signal(signal)
  for (const child of children) sendToFamily(child.process, signal)
}

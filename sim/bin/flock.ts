import { type ErrnoName, KernelError, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { LockKind } from '../fs/flock.ts'
import type { OpenFile } from '../fs/open-file.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { isDirectory } from './coreutils.ts'
import { type ParsedOptions, program, UsageError, usageError } from './getopt.ts'

/** Exit statuses of sysexits.h that flock(1) has. */
const USAGE = 64
const DATA_ERROR = 65
const NO_INPUT = 66
const UNAVAILABLE = 69

/** flock(1) of util-linux 2.38. */
export const flock = program(
  {
    options: [
      's,shared',
      'x,exclusive',
      'e',
      'u,unlock',
      'n,nonblocking',
      'nb',
      'nonblock',
      'w,timeout:',
      'wait:',
      'o,close',
      'E,conflict-exit-code:',
      'F,no-fork',
      'verbose',
    ],
    isStoppingAtOperand: true,
    usageStatus: USAGE,
  },
  function* (process, options): Blocking<number> {
    const [what, ...command] = options.operands
    if (what === undefined) throw usageError(process, 'not enough arguments', USAGE)
    const wanted = readWanted(process, options)
    if (command.length === 0) return yield* lockDescriptor(process, what, wanted)
    const fd = openLock(process, what)
    const status = yield* take(process, process.file(fd), wanted)
    if (status !== 0) return status
    if (wanted.isVerbose) throw new Unsimulated('flock', '--verbose, which tells the time')
    return yield* run(process, command, options.has('close') ? fd : undefined)
  },
)

interface Wanted {
  readonly kind: LockKind | 'none'
  readonly isBlocking: boolean
  readonly limitNs: number | undefined
  readonly conflictStatus: number
  readonly isVerbose: boolean
}

function readWanted(process: Process, options: ParsedOptions): Wanted {
  const last = options.last('shared', 'exclusive', 'e', 'unlock')
  const limit = options.value('timeout') ?? options.value('wait')
  if (limit !== undefined && !/^\d*\.?\d+$/.test(limit))
    throw new UsageError(`${process.argv[0]}: invalid timeout value: '${limit}'\n`, USAGE)
  return {
    kind: last === 'shared' ? 'shared' : last === 'unlock' ? 'none' : 'exclusive',
    isBlocking: !['nonblocking', 'nb', 'nonblock'].some(name => options.has(name)),
    limitNs: limit === undefined ? undefined : Number(limit) * 1e9,
    conflictStatus: Number(options.value('conflict-exit-code') ?? '1'),
    isVerbose: options.has('verbose'),
  }
}

/** `flock 9`: the lock stays with the descriptor that the shell opened. */
function* lockDescriptor(process: Process, text: string, wanted: Wanted): Blocking<number> {
  if (!/^\d+$/.test(text)) throw new UsageError(`${process.argv[0]}: bad file descriptor: '${text}'\n`, USAGE)
  const file = process.files.get(Number(text))
  if (file === undefined) {
    process.complain(`${process.argv[0]}: ${text}: ${strerror('EBADF')}\n`)
    return DATA_ERROR
  }
  return yield* take(process, file, wanted)
}

/** A lock file that is not there is made. */
function openLock(process: Process, path: string): number {
  if (isDirectory(process, path)) throw new Unsimulated('flock', 'a lock on a directory')
  try {
    return process.open(path, { read: true, create: true })
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    const text = `${process.argv[0]}: cannot open lock file ${path}: ${strerror(error.errno)}\n`
    throw new UsageError(text, NO_INPUT)
  }
}

function* take(process: Process, file: OpenFile, wanted: Wanted): Blocking<number> {
  const { locks } = process.system
  const { kind, limitNs } = wanted
  if (kind === 'none') {
    locks.unlock(file)
    return 0
  }
  const wakeAtNs = process.clock.monotonicNs + (limitNs ?? Number.POSITIVE_INFINITY)
  while (!locks.lock(file, kind)) {
    if (!wanted.isBlocking || process.clock.monotonicNs >= wakeAtNs) {
      if (wanted.isVerbose)
        process.complain(
          `${process.argv[0]}: ${wanted.isBlocking ? 'timeout while waiting to get lock' : 'failed to get lock'}\n`,
        )
      return wanted.conflictStatus
    }
    yield { isReady: () => locks.canLock(file, kind), ...(limitNs === undefined ? {} : { wakeAtNs }) }
  }
  return 0
}

function* run(process: Process, command: readonly string[], closed: number | undefined): Blocking<number> {
  const [first = '', ...rest] = command
  const isShell = first === '-c' || first === '--command'
  if (isShell && rest.length !== 1)
    throw new UsageError(`${process.argv[0]}: ${first} requires exactly one command argument\n`, USAGE)
  const shell = process.env.get('SHELL') ?? '/bin/sh'
  const argv = isShell ? [shell, '-c', rest[0] ?? ''] : command
  const files = new Map([...process.files].filter(([fd]) => fd !== closed))
  const path = process.which(argv[0] ?? '')
  try {
    if (path === undefined) return cannotExecute(process, argv[0] ?? '', 'ENOENT')
    return yield* process.spawn(path, argv, { files }).wait()
  } catch (error) {
    if (error instanceof KernelError) return cannotExecute(process, argv[0] ?? '', error.errno)
    throw error
  }
}

function cannotExecute(process: Process, name: string, errno: ErrnoName): number {
  process.complain(`${process.argv[0]}: failed to execute ${name}: ${strerror(errno)}\n`)
  return errno === 'ENOENT' || errno === 'ENOTDIR' ? UNAVAILABLE : 71
}

import { type Child, SIGNAL_NUMBER } from '../../process.ts'
import type { Blocking } from '../../scheduler.ts'
import { DEATHS } from '../foreground.ts'
import { waitFor } from '../jobs.ts'
import type { Shell } from '../shell.ts'
import { type Builtin, complainOf, parseLetters } from './builtin.ts'

/** `wait`: for all jobs, or for those named; a signal with a trap ends it with more than 128. */
export const wait: Builtin = {
  *run(shell, argv) {
    const { letters, operands, invalid } = parseLetters(argv.slice(1), shell.isBash ? 'nfp:' : '')
    if (invalid !== undefined || letters.has('p')) throw shell.unsimulated(`wait ${invalid ?? '-p'}`)
    if (letters.has('n')) return yield* waitForNext(shell)
    if (operands.length === 0) return yield* waitForAll(shell)
    let status = 0
    for (const operand of operands) status = yield* waitForOne(shell, operand)
    return status
  },
}

function* waitForAll(shell: Shell): Blocking<number> {
  for (const pid of shell.jobs.pids) {
    const child = shell.jobs.get(pid)
    const status = child === undefined ? 0 : yield* interruptible(shell, child)
    if (status === undefined) return interruptedBy(shell)
    shell.jobs.forget(pid)
  }
  return 0
}

function* waitForOne(shell: Shell, operand: string): Blocking<number> {
  const pid = operand.startsWith('%') ? shell.jobs.pids[Number(operand.slice(1)) - 1] : Number(operand)
  const child = pid === undefined ? undefined : shell.jobs.get(pid)
  if (child === undefined) {
    if (Number.isNaN(pid)) complainOf(shell, 'wait', `\`${operand}': not a pid or valid job spec`)
    else if (shell.isBash) complainOf(shell, 'wait', `pid ${operand} is not a child of this shell`)
    return Number.isNaN(pid) ? 1 : 127
  }
  return (yield* interruptible(shell, child)) ?? interruptedBy(shell)
}

function* waitForNext(shell: Shell): Blocking<number> {
  const children = shell.jobs.pids.flatMap(pid => shell.jobs.get(pid) ?? [])
  const isOver = (child: Child): boolean => child.exitCode !== undefined || child.thrown !== undefined
  if (children.length === 0) return 127
  while (!children.some(isOver)) yield { isReady: () => children.some(isOver) }
  const ended = children.find(isOver)
  if (ended === undefined) return 127
  shell.jobs.forget(ended.pid)
  return yield* ended.wait()
}

/** A job's status; `wait` may ask for it again. */
function* interruptible(shell: Shell, child: Child): Blocking<number | undefined> {
  const status = yield* waitFor(shell.process, child, true)
  const { terminatedBy } = child.process
  if (status !== undefined && !shell.isBash && terminatedBy !== undefined)
    shell.process.complain(`${DEATHS[terminatedBy]}\n`)
  return status
}

function interruptedBy(shell: Shell): number {
  const signal = shell.process.pendingSignals.find(candidate => candidate !== 'CHLD')
  return signal === undefined ? 0 : 128 + SIGNAL_NUMBER[signal]
}

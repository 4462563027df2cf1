import { type Exec, isFailure, type Reply, type Request } from '../host/host.ts'
import { decodeText } from '../host/surrogate-escape.ts'
import type { Facts } from './facts/index.ts'
import { MODULES_LOAD_FILE } from './facts/modules-load.ts'
import type { FileState } from './facts/replies.ts'
import { SYSCTL_FILE } from './facts/sysctl-files.ts'
import type { Failure, Rollback } from './failure.ts'
import type { StepOutcome } from './observer.ts'
import type { Step } from './phase.ts'

/** Held on the host while the steps run, and let go by its kernel when the run dies. */
export const LOCK = '/run/seatrial.lock'

/** The requests of a plan in the order in which they are sent: first that the host still is as gather saw it. */
export interface Batch {
  readonly requests: readonly Request[]
  readonly guards: number
  readonly steps: readonly Step[]
}

/** What came of a batch. */
export interface BatchOutcome {
  readonly steps: readonly { readonly step: Step; readonly outcome: StepOutcome }[]
  readonly failure: Failure | undefined
  /** Whether the host may be another than before: a file was written, or a program was run. */
  readonly hasChanged: boolean
}

/** The batch that makes the steps, refused before the first of them when a file was changed since. */
export function batchOf(steps: readonly Step[], facts: Facts): Batch {
  const guards = guardRequests(facts)
  return { requests: [...guards, ...steps.flatMap(step => step.requests)], guards: guards.length, steps }
}

/** The files that the plan was made from, where they are there; one that is not is guarded by the write of it. */
function guardRequests({ modulesLoad, sysctlFiles, containerd, kubelet }: Facts): readonly Request[] {
  const files: readonly (readonly [string, FileState])[] = [
    [MODULES_LOAD_FILE, modulesLoad.ours],
    [SYSCTL_FILE, sysctlFiles.ours],
    [containerd.configPath, containerd.config],
    ...containerd.imports.map(({ path, state }) => [path, state] as const),
    [kubelet.configPath, kubelet.config],
  ]
  return files.flatMap(([path, state]) =>
    state.isThere ? [{ kind: 'read', path, ifDigest: state.digest } as const] : [],
  )
}

/** What the replies mean for each step, and why the batch stopped, if it did. */
export function outcomeOf(batch: Batch, replies: readonly Reply[]): BatchOutcome {
  let at = batch.guards
  const steps = batch.steps.map(step => {
    const own = replies.slice(at, at + step.requests.length)
    at += step.requests.length
    return { step, outcome: stepOutcome(step, own) }
  })
  const failed = replies.findIndex(isFailure)
  const hasChanged = replies.slice(batch.guards).some(({ kind }) => kind === 'done' || kind === 'exec')
  return { steps, hasChanged, failure: failed < 0 ? undefined : failureOf(batch, failed, replies[failed]) }
}

function stepOutcome(step: Step, replies: readonly Reply[]): StepOutcome {
  const first = replies.find(isFailure)
  if (first === undefined) return replies.length === step.requests.length ? 'done' : 'not-run'
  return first === replies[0] && first.kind === 'not-run' ? 'not-run' : 'failed'
}

function failureOf(batch: Batch, index: number, reply: Reply | undefined): Failure | undefined {
  const request = batch.requests[index]
  if (request === undefined || reply === undefined) return undefined
  if (reply.kind === 'not-run') return { reason: 'locked', lock: LOCK }
  const path = 'path' in request ? request.path : ''
  if (reply.kind === 'errno' && (reply.errno === 'ESTALE' || index < batch.guards)) {
    return { reason: 'changed-meanwhile', path }
  }
  const step = stepAt(batch, index)?.title ?? ''
  const rollback = rollbackOf(reply)
  if (reply.kind === 'errno') return { reason: 'write-refused', step, path, errno: reply.errno, rollback }
  if (reply.kind !== 'exec') return undefined
  const { exitCode, isTimedOut } = reply
  const command = commandOf(request)
  return { reason: 'step-failed', step, command, exitCode, isTimedOut, stderr: tail(reply.stderr), rollback }
}

function stepAt({ steps, guards }: Batch, index: number): Step | undefined {
  let end = guards
  return steps.find(step => {
    end += step.requests.length
    return index < end
  })
}

function rollbackOf({ recovery }: Reply): Rollback {
  if (recovery === undefined || recovery.length === 0) return 'none'
  return recovery.some(isFailure) ? 'failed' : 'done'
}

function commandOf(request: Request): string {
  const exec: Exec | undefined =
    request.kind === 'exec' ? request : request.kind === 'wait' ? request.exec : undefined
  return exec?.argv.join(' ') ?? request.kind
}

const TAIL_LINES = 5

/** Programs put the reason last. */
const tail = (stderr: Uint8Array): string =>
  decodeText(stderr).trim().split('\n').slice(-TAIL_LINES).join('\n')

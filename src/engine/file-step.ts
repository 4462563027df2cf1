import type { Write } from '../host/host.ts'
import { encodeText } from '../host/surrogate-escape.ts'
import { directoryOf } from './containerd/imports.ts'
import { type FileState, run } from './facts/replies.ts'
import type { Failure } from './failure.ts'
import type { Step } from './phase.ts'

/** A file that a phase wants to be other than it is. */
export interface FileChange {
  readonly path: string
  readonly before: FileState
  readonly after: string
  /** False: the directory must be made first. */
  readonly directoryExists: boolean
}

/** The step that writes a file, refused by the host when the file is not any more what was planned for. */
export const fileStep = (phase: string, change: FileChange): Step => ({
  phase,
  title: `${change.before.isThere ? 'change' : 'write'} ${change.path}`,
  requests: [...directoryRequests(change), writeRequest(change)],
  diff: {
    path: change.path,
    before: change.before.isThere ? change.before.text : undefined,
    after: change.after,
  },
})

/** Makes the directory of a file where there is none. */
export const directoryRequests = ({ path, directoryExists }: Pick<FileChange, 'path' | 'directoryExists'>) =>
  directoryExists ? [] : [run('mkdir', '-p', directoryOf(path))]

export const writeRequest = ({ path, before, after }: FileChange): Write => ({
  kind: 'write',
  path,
  content: encodeText(after),
  ifDigest: before.isThere ? before.digest : 'absent',
})

/** Why a file cannot be changed: it is there and cannot be read. An absent file is no failure. */
export const unreadable = (file: string, state: FileState): Failure | undefined =>
  state.isThere || state.errno === 'ENOENT'
    ? undefined
    : { reason: 'file-unreadable', file, errno: state.errno }

import { digestOf } from '../../host/digest.ts'
import type { ErrnoName } from '../../host/errno.ts'
import type { Entry, Exec, Reply, Stat } from '../../host/host.ts'
import { decodeText } from '../../host/surrogate-escape.ts'

/** A file as it was found, or the errno that stands for it. */
export type FileState = PresentFile | { readonly isThere: false; readonly errno: ErrnoName }

export interface PresentFile {
  readonly isThere: true
  readonly text: string
  /** SHA-256 of the bytes, hex. */
  readonly digest: string
  readonly mode: number
  readonly ctimeSeconds: number
}

/** What a directory held; an empty list and the errno when it could not be read. */
export interface DirectoryState {
  readonly path: string
  readonly entries: readonly Entry[]
  readonly errno?: ErrnoName
}

/** What a program said, as text. */
export interface Said {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** A request to run a program. */
export const run = (...argv: readonly [string, ...string[]]): Exec => ({ kind: 'exec', argv })

/** What `read` found. */
export function fileState(reply: Reply | undefined): FileState {
  if (reply?.kind === 'read') return presentFile(reply.content, reply.stat)
  return { isThere: false, errno: reply?.kind === 'errno' ? reply.errno : 'EIO' }
}

/** A file from its bytes and what stat(2) says of it. */
export const presentFile = (content: Uint8Array, stat: Stat): PresentFile => ({
  isThere: true,
  text: decodeText(content),
  digest: digestOf(content),
  mode: stat.mode,
  ctimeSeconds: stat.ctimeSeconds,
})

/** What `list` found. */
export function directoryState(path: string, reply: Reply | undefined): DirectoryState {
  if (reply?.kind === 'list') return { path, entries: reply.entries }
  return { path, entries: [], errno: reply?.kind === 'errno' ? reply.errno : 'EIO' }
}

/** What a program said; undefined when it is not on the host or cannot be executed. */
export function said(reply: Reply | undefined): Said | undefined {
  if (reply?.kind !== 'exec' || reply.exitCode === 127 || reply.exitCode === 126) return undefined
  return { exitCode: reply.exitCode, stdout: decodeText(reply.stdout), stderr: decodeText(reply.stderr) }
}

/** The text of a file that was read, or undefined. */
export function textOf(reply: Reply | undefined): string | undefined {
  const state = fileState(reply)
  return state.isThere ? state.text : undefined
}

/** The lines that are neither empty nor comments, trimmed, with their numbers from 1. */
export function contentLines(
  text: string,
  comments = /^[#;]/,
): readonly { readonly number: number; readonly text: string }[] {
  return text
    .split('\n')
    .map((line, index) => ({ number: index + 1, text: line.trim() }))
    .filter(line => line.text !== '' && !comments.test(line.text))
}

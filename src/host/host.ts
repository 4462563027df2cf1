import type { ErrnoName } from './errno.ts'

/**
 * The port: how anything in Seatrial speaks to a Linux host, simulated or real.
 *
 * One `send` is one round trip. Requests and replies are plain data, so that a batch can be printed as a plan,
 * recorded, replayed, counted, shrunk, and cut off after the k-th request.
 *
 * Strings are UTF-8; bytes that are not come and go as surrogate escapes (`surrogate-escape.ts`). Streams and file
 * content are bytes.
 */
export interface Host {
  /** What a person called it: `sim:debian-12`, `docker:web-1`. */
  readonly name: string
  /** Runs a batch, in order unless told otherwise; resolves to one reply a request, in their order. Rejects with `HostError` when the transport fails. */
  send(batch: readonly Request[], options?: SendOptions): Promise<readonly Reply[]>
  /** Lets go of the transport. Closing twice is allowed; sending afterwards is `HostError` with reason `closed`. */
  close(): Promise<void>
}

export interface SendOptions {
  /** Stop at the first request that fails: later ones are answered `not-run`. Without it all of them run. */
  readonly stopAtFailure?: boolean
  /**
   * The requests do not depend on each other: a host may run them in any order, and several at the same time. Of no
   * effect with `stopAtFailure`.
   */
  readonly anyOrder?: boolean
  /**
   * Path of a lock file on the host, held (flock(2)) while the batch runs; if another holds it nothing runs. Where it
   * cannot be opened nothing runs either, and each request is answered with the errno.
   */
  readonly lock?: string
  /** Gives up waiting: the batch may go on on the far side, the promise rejects with reason `closed`. */
  readonly signal?: AbortSignal
}

export type Request = Exec | Read | Write | Remove | List | Wait

interface RequestBase {
  /**
   * Run, in order and all of them, on the far side when this request fails in a batch that stops at a failure:
   * a rollback that does not need the link.
   */
  readonly onFailure?: readonly Request[]
}

/** Runs a program: looked up on PATH unless the name holds a slash; never parsed by a shell. Fails unless it exits 0. */
export interface Exec extends RequestBase {
  readonly kind: 'exec'
  readonly argv: readonly [string, ...string[]]
  readonly stdin?: Uint8Array
  /** Added to the environment of the transport, which has `LC_ALL=C` and a PATH with the sbin directories. */
  readonly env?: Readonly<Record<string, string>>
  /** Default `/`. Where it cannot be entered nothing runs, and the reply is the errno. */
  readonly cwd?: string
  /** After it the whole process group gets SIGTERM, two seconds later SIGKILL. Default 120 000. */
  readonly timeoutMs?: number
}

/** Reads a file whole, symlinks followed. */
export interface Read extends RequestBase {
  readonly kind: 'read'
  readonly path: string
  /** Refused with ESTALE unless the content has this SHA-256 (hex), or, for `absent`, unless there is no such file (which is answered `done`). */
  readonly ifDigest?: string
}

/**
 * Replaces a file's content.
 *
 * A regular file is replaced atomically and durably: at the final target of a symlink, a temporary name beside it,
 * owner, mode, ACLs and xattrs carried over, file and directory synced, renamed. On proc, sys and cgroup file systems
 * it is one write(2), and nothing is created. Parent directories must exist. A bind-mounted file is EBUSY; a device, a
 * fifo or a socket is EINVAL.
 */
export interface Write extends RequestBase {
  readonly kind: 'write'
  readonly path: string
  readonly content: Uint8Array
  /** Permission bits; default: those of the file there was, else 0o644. */
  readonly mode?: number
  /** As for `Read`: checked before anything is written. */
  readonly ifDigest?: string
}

/** unlink(2), and the directory synced. */
export interface Remove extends RequestBase {
  readonly kind: 'remove'
  readonly path: string
}

/** The names in a directory, with what lstat(2) says of each, sorted bytewise. */
export interface List extends RequestBase {
  readonly kind: 'list'
  readonly path: string
  /**
   * Bring along the content of the regular files (symlinks followed) whose name ends so; of a symlink that leads
   * nowhere, the errno.
   */
  readonly contentOf?: string
}

/**
 * Runs `exec` again and again until it exits 0, or the limit is over; fails when it never did. It runs once at least;
 * what still runs when the limit is over is ended as by its time limit.
 */
export interface Wait extends RequestBase {
  readonly kind: 'wait'
  readonly exec: Exec
  readonly limitMs: number
  /** Time between two tries. Default 200. */
  readonly intervalMs?: number
}

export type Reply = ExecReply | ReadReply | DoneReply | ListReply | ErrnoReply | NotRunReply

export interface ExecReply extends ReplyBase {
  readonly kind: 'exec'
  /** 127: no such program on PATH; 126: there, but it cannot be executed; 128 + n: ended by signal n. */
  readonly exitCode: number
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  /** The time limit ended it (or, for `wait`, the limit passed without an exit status of 0). */
  readonly isTimedOut: boolean
}

export interface ReadReply extends ReplyBase {
  readonly kind: 'read'
  readonly content: Uint8Array
  readonly stat: Stat
}

/** A write or remove that was done. */
export interface DoneReply extends ReplyBase {
  readonly kind: 'done'
}

export interface ListReply extends ReplyBase {
  readonly kind: 'list'
  readonly entries: readonly Entry[]
}

/** A file operation, or the directory or lock of a request, that the kernel refused; nothing was changed. */
export interface ErrnoReply extends ReplyBase {
  readonly kind: 'errno'
  readonly errno: ErrnoName
}

/** Not run: an earlier request failed, or another run holds the lock. */
export interface NotRunReply extends ReplyBase {
  readonly kind: 'not-run'
  readonly reason: 'earlier-failure' | 'locked'
}

interface ReplyBase {
  /** What came of `onFailure`, where it ran. */
  readonly recovery?: readonly Reply[]
}

export type FileType = 'file' | 'directory' | 'symlink' | 'char-device' | 'block-device' | 'fifo' | 'socket'

export interface Stat {
  readonly type: FileType
  /** Permission bits with setuid, setgid and sticky: `mode & 0o7777`. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly sizeBytes: number
  /** Seconds since the epoch, with the fraction that the file system keeps. */
  readonly mtimeSeconds: number
  readonly ctimeSeconds: number
}

export interface Entry {
  readonly name: string
  readonly stat: Stat
  /** Where a symlink points, as readlink(2) has it. */
  readonly target?: string
  /** With `contentOf`: the content, or why it could not be read. */
  readonly content?: Uint8Array | ErrnoName
}

/** Whether a reply means that its request did not do what was asked. */
export const isFailure = (reply: Reply): boolean =>
  reply.kind === 'errno' ||
  reply.kind === 'not-run' ||
  (reply.kind === 'exec' && (reply.exitCode !== 0 || reply.isTimedOut))

export type HostErrorReason = 'unreachable' | 'auth' | 'timeout' | 'closed'

/** The transport failed: nothing is known of the requests that `replies` does not answer. */
export class HostError extends Error {
  override readonly name = 'HostError'
  readonly reason: HostErrorReason
  /** The replies that had arrived before, in the order of the batch. */
  readonly replies: readonly Reply[]

  constructor(
    reason: HostErrorReason,
    message: string,
    options: { replies?: readonly Reply[]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.reason = reason
    this.replies = options.replies ?? []
  }
}

/**
 * The simulator was asked for something that it does not model. It ends the run (exit status 70) and is never to be
 * mistaken for an answer of the host.
 */
export class Unsimulated extends Error {
  override readonly name = 'Unsimulated'
  /** The program, system call or file that was asked: `modprobe`, `mount(2)`. */
  readonly program: string
  /** What of it: `--dump-modversions`. */
  readonly what: string
  /** Line of the script that asked, where there is one. */
  readonly line: number | undefined
  /** What had been written until then. */
  readonly output: { readonly stdout: Uint8Array; readonly stderr: Uint8Array } | undefined

  constructor(program: string, what: string, line?: number, output?: Unsimulated['output']) {
    super(`${program}: ${what} is not simulated${line === undefined ? '' : ` (line ${line})`}`)
    this.program = program
    this.what = what
    this.line = line
    this.output = output
  }

  /** The same, with where it was asked and what came before, as far as that is not known yet. */
  during(line: number | undefined, output?: Unsimulated['output']): Unsimulated {
    return new Unsimulated(this.program, this.what, this.line ?? line, this.output ?? output)
  }
}

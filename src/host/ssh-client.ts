import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, fstatSync, lstatSync, mkdirSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type FarShell, holding } from './far-shell.ts'

/** No window that asks: `BatchMode` is not passed on to the ssh of a jump host (ssh(1), SSH_ASKPASS_REQUIRE). */
const ENVIRONMENT = { SSH_ASKPASS_REQUIRE: 'never' }

/** What came of an ssh that only looks at this machine. */
export interface SshAnswer {
  readonly isOk: boolean
  readonly stdout: string
  readonly stderr: string
  /** `ENOENT` where there is no ssh client here. */
  readonly spawnError?: string
}

/** The programs that a person's configuration may have run to decide (`Match exec`) may not take for ever. */
const ANSWER_TIMEOUT_MS = 20_000

/** Runs ssh where it connects to no host: `-G`, `-O`. */
export function askSsh(argv: readonly string[]): Promise<SshAnswer> {
  const env = { ...process.env, ...ENVIRONMENT }
  return new Promise(resolve => {
    const child = execFile('ssh', argv, { env, timeout: ANSWER_TIMEOUT_MS }, (error, stdout, stderr) => {
      const spawnError = typeof error?.code === 'string' ? { spawnError: error.code } : {}
      resolve({ isOk: error === null, stdout, stderr: stderr.trim(), ...spawnError })
    })
    child.stdin?.end()
  })
}

/**
 * Starts ssh towards a shell. Its standard error is a file without a name: the control connection and a ProxyCommand
 * outlive the ssh that started them, would hold a pipe open, and would die of one that is closed. `explained` may replace
 * what it wrote there by something better.
 */
export function startSsh(
  argv: readonly string[],
  explained: (stderr: string) => string | Promise<string>,
): FarShell {
  const errors = openErrors()
  // In a session of its own: Ctrl-C is ours to answer, and there is no terminal that a jump host could ask.
  const env = { ...process.env, ...ENVIRONMENT }
  const child = spawn('ssh', argv, { stdio: ['pipe', 'pipe', errors.file], detached: true, env })
  const { stdin, stdout } = child
  if (stdin === null || stdout === null) throw new Error('a pipe was asked for')
  const stderr = new Readable({ read: () => undefined })
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', async () => {
      const text = await explained(withoutNotices(errors.read()))
      errors.close()
      if (stderr.destroyed) return resolve()
      stderr.on('close', resolve)
      stderr.push(text)
      stderr.push(null)
    })
  })
  const hold = holding(child, [stdin, stdout])
  return {
    stdin,
    stdout,
    stderr,
    ended,
    abandon: () => child.unref(),
    kill: () => child.kill('SIGKILL'),
    hold,
  }
}

interface Errors {
  readonly file: number
  read(): string
  close(): void
}

function openErrors(): Errors {
  const path = join(controlDirectory(), `errors-${randomBytes(6).toString('hex')}`)
  const file = openSync(path, 'wx+', 0o600)
  rmSync(path)
  return { file, read: () => readWhole(file), close: () => closeSync(file) }
}

function readWhole(file: number): string {
  const bytes = Buffer.alloc(Math.min(fstatSync(file).size, 65_536))
  return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, 0))
}

/** What is said of a connection that then is made another way (mux.c), and of sudo's host without a name. */
const NOTICE =
  /^(?:mux_client_request_session: session request failed: .*|ControlSocket .* already exists, disabling multiplexing|sudo: unable to resolve host .*)\r?\n/gm

const withoutNotices = (text: string): string => text.replace(NOTICE, '')

/** A path for a control connection that nobody else has, below a directory that only this user can enter. */
export const newControlPath = (): string => join(controlDirectory(), `ssh-${randomBytes(6).toString('hex')}`)

/**
 * ssh binds a longer name first (17 characters more, mux.c), of at most 108 bytes (unix(7)); in its ControlPath `%`, `$`
 * and spaces would have a meaning (ssh_config(5)).
 */
const isFitForSocket = (path: string): boolean => path.length <= 60 && /^\/[\w./-]+$/.test(path)

function controlDirectory(): string {
  const uid = process.getuid?.() ?? 0
  const places = [process.env.XDG_RUNTIME_DIR ?? '', tmpdir(), '/tmp'].filter(isFitForSocket)
  const own = places.map(place => join(place, `seatrial-${uid}`)).find(path => isOwn(path, uid))
  return own ?? mkdtempSync('/tmp/seatrial-')
}

/** Makes it where it is not there. In /tmp somebody else may have been first. */
function isOwn(path: string, uid: number): boolean {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    const stat = lstatSync(path)
    return stat.isDirectory() && stat.uid === uid && (stat.mode & 0o077) === 0
  } catch {
    return false
  }
}

import { AsyncLocalStorage } from 'node:async_hooks'
import { spawn } from 'node:child_process'

/** What came of a program that ran to its end. */
export interface Finished {
  readonly exitCode: number
  readonly stdout: Buffer
  readonly stderr: Buffer
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: Uint8Array
  /** Ends it with SIGTERM when the time is over. */
  readonly timeoutMs?: number
}

/** What is done with the programs that a piece of work runs, however deep below it. */
export interface CommandWatch {
  /** Ends the program that runs, and its children, with SIGTERM, and lets `mustRun` start no other; `run`, which cleans up, still does. */
  readonly signal: AbortSignal
  /** Is told each one before it starts. */
  starting(argv: readonly string[]): void
}

const watches = new AsyncLocalStorage<CommandWatch>()

/** Runs `work` with its programs watched: for the one place that shows progress and is interrupted. */
export const watchCommands = <T>(watch: CommandWatch, work: () => Promise<T>): Promise<T> =>
  watches.run(watch, work)

/**
 * A watched program leads a process group of its own. All of it is told to end: mmdebstrap on SIGTERM waits for its children,
 * and relies on a terminal having told them too.
 */
function endGroup(leader: number | undefined): void {
  if (leader === undefined) return
  try {
    process.kill(-leader, 'SIGTERM')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** A program that had to succeed did not; the message has its last words. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
}

/** Runs a program of this machine; a non-zero exit is a value, a program that is not there rejects. */
export function run(argv: readonly [string, ...string[]], options: CommandOptions = {}): Promise<Finished> {
  const [program, ...rest] = argv
  const watch = watches.getStore()
  watch?.starting(argv)
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      env: { ...process.env, ...options.env },
      stdio: 'pipe',
      detached: watch !== undefined,
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    })
    const streams = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
    child.stdout.on('data', (chunk: Buffer) => streams.stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => streams.stderr.push(chunk))
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.stdin)
    const interrupt = () => endGroup(child.pid)
    watch?.signal.addEventListener('abort', interrupt)
    child.on('error', reject)
    child.on('close', code => {
      watch?.signal.removeEventListener('abort', interrupt)
      resolve({
        exitCode: code ?? -1,
        stdout: Buffer.concat(streams.stdout),
        stderr: Buffer.concat(streams.stderr),
      })
    })
  })
}

/** Runs a program that must succeed and gives its standard output; otherwise throws with the end of what it said. */
export async function mustRun(
  argv: readonly [string, ...string[]],
  options: CommandOptions = {},
): Promise<string> {
  if (watches.getStore()?.signal.aborted) throw new CommandFailed(`${argv[0]} was not started: interrupted`)
  const { exitCode, stdout, stderr } = await run(argv, options)
  if (exitCode !== 0) {
    const said = `${stdout}${stderr}`.trim().split('\n').slice(-12).join('\n')
    throw new CommandFailed(`${argv.slice(0, 3).join(' ')} exited ${exitCode}:\n${said}`)
  }
  return stdout.toString('utf8')
}

/** Whether there is such a program on PATH (sbin included: a user's PATH may lack it). */
export async function isInstalled(program: string): Promise<boolean> {
  const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`
  const found = await run(['sh', '-c', 'command -v -- "$1"', 'sh', program], { env: { PATH: path } })
  return found.exitCode === 0
}

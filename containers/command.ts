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

/** Runs a program of this machine; a non-zero exit is a value, a program that is not there rejects. */
export function run(argv: readonly [string, ...string[]], options: CommandOptions = {}): Promise<Finished> {
  const [program, ...rest] = argv
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      env: { ...process.env, ...options.env },
      stdio: 'pipe',
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    })
    const streams = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
    child.stdout.on('data', (chunk: Buffer) => streams.stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => streams.stderr.push(chunk))
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.stdin)
    child.on('error', reject)
    child.on('close', code =>
      resolve({
        exitCode: code ?? -1,
        stdout: Buffer.concat(streams.stdout),
        stderr: Buffer.concat(streams.stderr),
      }),
    )
  })
}

/** Runs a program that must succeed and gives its standard output; otherwise throws with the end of what it said. */
export async function mustRun(
  argv: readonly [string, ...string[]],
  options: CommandOptions = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await run(argv, options)
  if (exitCode !== 0) {
    const said = `${stdout}${stderr}`.trim().split('\n').slice(-12).join('\n')
    throw new Error(`${argv.slice(0, 3).join(' ')} exited ${exitCode}:\n${said}`)
  }
  return stdout.toString('utf8')
}

/** Whether there is such a program on PATH (sbin included: a user's PATH may lack it). */
export async function isInstalled(program: string): Promise<boolean> {
  const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`
  const found = await run(['sh', '-c', 'command -v -- "$1"', 'sh', program], { env: { PATH: path } })
  return found.exitCode === 0
}

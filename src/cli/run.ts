import { type Exec, Unsimulated } from '../host/host.ts'
import { assertSimulated, openHost } from '../hosts.ts'
import { OperatorError } from './exit-status.ts'
import { saveMachine } from './save.ts'
import { interpreterOf, readScript } from './script.ts'
import type { Terminal } from './terminal.ts'

export interface RunOptions {
  readonly host: string
  /** A path, or `-` for standard input. */
  readonly script: string
  /** `$1` and on. */
  readonly arguments: readonly string[]
  readonly timeoutSeconds: number
  readonly save?: string
}

/** `seatrial run HOST SCRIPT`: streams and exit status pass through as they are. */
export async function run(options: RunOptions, terminal: Terminal): Promise<number> {
  const script = await readScript(options.script, terminal)
  const host = await openHost(options.host)
  try {
    if (options.save !== undefined) await assertSimulated(host)
    const [reply] = await host
      .send([scriptRequest(script, options)], { signal: terminal.signal })
      .catch((error: unknown) => {
        if (error instanceof Unsimulated) passThrough(error.output, terminal)
        throw error
      })
    if (reply?.kind !== 'exec') throw new OperatorError(`${host.name}: the script was not run`)
    passThrough(reply, terminal)
    if (reply.isTimedOut)
      terminal.complain(`seatrial: ${host.name}: the script did not end within ${options.timeoutSeconds} s\n`)
    if (options.save !== undefined) await saveMachine(host, options.save)
    return reply.exitCode
  } finally {
    await host.close()
  }
}

/** What a script wrote; of one that met something that is not modelled, what it wrote before. */
function passThrough(output: Unsimulated['output'], terminal: Terminal): void {
  terminal.print(output?.stdout ?? '')
  terminal.complain(output?.stderr ?? '')
}

/**
 * The interpreter that the script's first line names, bash without one, reading the script from standard input: the
 * only way to hand over a file of this machine in one request. Shells want `-s` for arguments behind that, others `-`.
 */
function scriptRequest(script: Uint8Array, options: RunOptions): Exec {
  const [program, ...flags] = interpreterOf(script)
  const fromStdin = /(^|\/)(ba|da|k|z|a)?sh$/.test(program) ? ['-s', '--'] : ['-']
  return {
    kind: 'exec',
    argv: [program, ...flags, ...fromStdin, ...options.arguments],
    stdin: script,
    timeoutMs: options.timeoutSeconds * 1000,
  }
}

import type { FarShell } from './far-shell.ts'
import type { Host, Reply, Request, SendOptions } from './host.ts'
import { HostError } from './host.ts'
import { openShellHost } from './shell-transport.ts'
import { askSsh, newControlPath, startSsh } from './ssh-client.ts'
import { explainSsh, isProxyEnd, noClient } from './ssh-failure.ts'
import {
  answerWithinMs,
  controlOptions,
  destinationOf,
  optionsFor,
  parseSettings,
  type SshSettings,
} from './ssh-settings.ts'
import { parseSshTarget, type SshTarget } from './ssh-target.ts'
import { asRoot } from './sudo.ts'
import { quote } from './wire-script.ts'

export interface SshOptions {
  /** An ssh_config(5) in place of the person's own and the machine's: ssh's `-F`. */
  readonly configFile?: string
}

/**
 * A host behind the system's OpenSSH client: `[user@]host[:port]`, with everything that ssh_config(5), agents, jump hosts
 * and known_hosts have to say about it. Requests run as root, by `sudo -n` where the login is not. Nobody is ever asked
 * for anything. Throws `BadSshTarget`; speaks to nobody before the first batch.
 */
export function openSshHost(target: string, options: SshOptions = {}): Host {
  return new SshHost(`ssh:${target}`, selectors(parseSshTarget(target), options))
}

/** The words of the command line that say who is meant. */
const selectors = (target: SshTarget, options: SshOptions): readonly string[] => [
  ...(options.configFile === undefined ? [] : ['-F', options.configFile]),
  ...(target.port === undefined ? [] : ['-p', String(target.port)]),
  ...(target.user === undefined ? [] : ['-l', target.user]),
  '--',
  target.host,
]

/** One way to a host: what is decided once, before its first batch. */
interface Way {
  readonly shells: Host
  /** The control connection that is ours to end; undefined where a person holds one of their own. */
  readonly controlPath: string | undefined
}

class SshHost implements Host {
  readonly name: string
  readonly #selectors: readonly string[]
  #way: Promise<Way> | undefined
  /** Settled once the first batch was answered or lost: those sent meanwhile then share its connection. */
  #connected: Promise<unknown> | undefined
  #connecting: FarShell | undefined
  #isClosed = false

  constructor(name: string, selectors: readonly string[]) {
    this.name = name
    this.#selectors = selectors
  }

  async send(batch: readonly Request[], options: SendOptions = {}): Promise<readonly Reply[]> {
    if (this.#isClosed) throw new HostError('closed', `${this.name}: it was closed before`)
    const { shells } = await this.#findWay()
    // No await where there is none to wait for: in it another would find none either.
    if (this.#connected !== undefined) await until(this.#connected, options.signal)
    return shells.send(batch, options)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const way = await this.#way?.catch(() => undefined)
    if (way === undefined) return
    this.#connecting?.kill()
    await way.shells.close()
    if (way.controlPath === undefined || this.#connected === undefined) return
    await askSsh(['-F', 'none', '-S', way.controlPath, '-O', 'exit', '--', 'host'])
  }

  #findWay(): Promise<Way> {
    this.#way ??= this.#ask().catch((error: unknown) => {
      this.#way = undefined
      throw error
    })
    return this.#way
  }

  async #ask(): Promise<Way> {
    const settings = await this.#settings()
    const isHeld = settings.has('controlpath') && (await askSsh(['-O', 'check', ...this.#selectors])).isOk
    const controlPath = isHeld ? undefined : newControlPath()
    const options = [...optionsFor(settings), ...controlOptions(controlPath)]
    const argv = [...options, ...this.#selectors]
    const destination = destinationOf(settings, this.#selectors)
    const shells = openShellHost({
      name: this.name,
      start: bootstrap =>
        this.#start([...argv, `sh -c ${quote(asRoot(bootstrap))}`], stderr =>
          destination.proxy !== undefined && isProxyEnd(stderr) ? this.#askProxy(settings) : stderr,
        ),
      explain: failure => explainSsh(failure, destination),
      connectTimeoutMs: answerWithinMs(settings),
    })
    return { shells, controlPath }
  }

  async #settings(): Promise<SshSettings> {
    const { isOk, stdout, stderr, spawnError } = await askSsh(['-G', '-T', ...this.#selectors])
    if (isOk) return parseSettings(stdout)
    const { reason, message } =
      spawnError === undefined
        ? { reason: 'unreachable' as const, message: stderr || 'ssh -G fails' }
        : noClient(spawnError)
    throw new HostError(reason, `${this.name}: ${message}`)
  }

  /** With ControlPersist, ssh sends what a jump host's ssh says to /dev/null (sshconnect.c): so once more without. */
  async #askProxy(settings: SshSettings): Promise<string> {
    const options = [...optionsFor(settings), ...controlOptions(undefined), '-o', 'ControlPath=none']
    return (await askSsh([...options, ...this.#selectors, 'true'])).stderr
  }

  #start(argv: readonly string[], explained: (stderr: string) => string | Promise<string>): FarShell {
    const shell = startSsh(argv, explained)
    if (this.#connected === undefined) {
      this.#connecting = shell
      const answered = new Promise(resolve => shell.stdout.once('data', resolve))
      this.#connected = Promise.race([answered, shell.ended.catch(() => undefined)]).then(() => {
        this.#connecting = undefined
      })
    }
    return shell
  }
}

/** Waits for another, or until it is given up. */
async function until(event: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return
  if (signal === undefined) return void (await event)
  const aborted = new AbortController()
  const given = new Promise(resolve => signal.addEventListener('abort', resolve, { signal: aborted.signal }))
  await Promise.race([event, given]).finally(() => aborted.abort())
}

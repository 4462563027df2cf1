import { type Host, Unsimulated } from '../host/host.ts'
import { decodeText, encodeText } from '../host/surrogate-escape.ts'
import { openHost } from '../hosts.ts'
import type { LineOutcome, SimulatedShell } from '../lab/simulated-shell.ts'
import { EXIT, OperatorError } from './exit-status.ts'
import { explain } from './explain.ts'
import type { LineInput } from './line-input.ts'
import { saveMachine } from './save.ts'
import { diffText } from './shell-diff.ts'
import type { Terminal } from './terminal.ts'
import { visible } from './visible.ts'

/** `seatrial shell HOST`: a prompt on a simulated host, or commands line by line from a pipe. */
export async function shellVerb(name: string, terminal: Terminal): Promise<number> {
  const host = await openHost(name)
  const lines = terminal.openLines()
  try {
    return await new Dialogue({ host, terminal, lines }).run()
  } finally {
    lines.close()
    await host.close()
  }
}

const HELP = `Lines go to bash, as root. Time passes on the host only while they run, and nothing is a terminal there.
  :fork         go on with a copy of the machine and of this shell
  :back         drop the copy and return to the machine before it
  :reboot       reboot cleanly, and start a new shell
  :power-cut    cut the power: what was not synced to disk is lost
  :diff         what changed since boot: files, sysctls, modules, units, mounts
  :save FILE    write the machine; sim:FILE goes on with it
  :help         this
Ctrl-C ends what runs (pressed again: at once), Ctrl-D or exit this shell.
`

interface Parties {
  readonly host: Host
  readonly terminal: Terminal
  readonly lines: LineInput
}

/** What ends the dialogue: an exit status. */
type End = number | undefined

class Dialogue {
  readonly #host: Host
  readonly #terminal: Terminal
  readonly #lines: LineInput
  /** Read by a program of the host in part: the rest is the shell's. */
  #unread = ''
  #isAtLineStart = true
  /** Of what stood on the last line, when that was no line of the shell's. */
  #ownStatus: number | undefined

  constructor({ host, terminal, lines }: Parties) {
    this.#host = host
    this.#terminal = terminal
    this.#lines = lines
  }

  async run(): Promise<number> {
    const shell = await this.#open()
    this.#lines.onInterrupt = () => shell.interrupt()
    this.#lines.complete = line => this.#complete(shell, line)
    const killed = (): void => {
      shell.interrupt()
      shell.interrupt()
    }
    this.#terminal.signal.addEventListener('abort', killed)
    try {
      return await this.#converse(shell)
    } finally {
      this.#terminal.signal.removeEventListener('abort', killed)
    }
  }

  async #open(): Promise<SimulatedShell> {
    const { SimulatedShell } = await import('../lab/simulated-shell.ts')
    const shell = SimulatedShell.open(this.#host, {
      print: bytes => this.#show(bytes, () => this.#terminal.print(bytes)),
      complain: bytes => this.#show(bytes, () => this.#terminal.complain(bytes)),
      readLine: signal => this.#readForProgram(signal),
    })
    if (shell === undefined)
      throw new OperatorError(
        `${this.#host.name} is a real host: the shell is for simulated ones, on which nothing can break`,
        EXIT.usage,
      )
    this.#tell(`${this.#host.name}: a simulated host; :help tells what can be done with it`)
    await this.#start(shell)
    return shell
  }

  /** As bash does, a shell that is not typed into reads no startup files. */
  async #start(shell: SimulatedShell): Promise<void> {
    if (!this.#lines.isTyped) return
    for (const file of await shell.readStartupFiles())
      this.#tell(`${file} was not read: what is in it is not simulated`)
  }

  async #converse(shell: SimulatedShell): Promise<number> {
    for (;;) {
      if (this.#terminal.signal.aborted) return INTERRUPTED
      const command = await this.#readCommand(shell)
      if (command.text.trim() !== '' || command.isEnd) {
        const end = await this.#execute(shell, command.text)
        if (end !== undefined) return end
      }
      if (command.isEnd) return await this.#leave(shell)
    }
  }

  async #execute(shell: SimulatedShell, text: string): Promise<End> {
    const own = /^:([a-z][a-z-]*)(?:[ \t]+(.*?))?[ \t]*\n?$/.exec(text)
    if (own !== null) return await this.#executeOwn(shell, own[1] ?? '', own[2] ?? '')
    this.#ownStatus = undefined
    const end = this.#outcome(await shell.run(text))
    this.#unread = decodeText(shell.takeUnread())
    return end
  }

  async #leave(shell: SimulatedShell): Promise<number> {
    if (this.#lines.isTyped) this.#tell('exit')
    const own = this.#ownStatus
    const end = this.#outcome(await shell.end()) ?? shell.status
    return own ?? end
  }

  /** One complete command, of several lines where it takes them. */
  async #readCommand(shell: SimulatedShell): Promise<{ text: string; isEnd: boolean }> {
    let text = this.#unread
    this.#unread = ''
    for (let prompt = await this.#promptOf(shell); ; prompt = this.#lines.isTyped ? '> ' : '') {
      if (text.endsWith('\n') && !shell.wantsMore(text)) return { text, isEnd: false }
      const next = await this.#lines.next(prompt, { signal: this.#terminal.signal })
      if (next.kind === 'end') return { text, isEnd: true }
      if (next.kind === 'line') text += next.text
      else {
        shell.interrupt()
        return { text: '', isEnd: false }
      }
    }
  }

  async #promptOf(shell: SimulatedShell): Promise<string> {
    if (!this.#lines.isTyped) return ''
    const prompt = await shell.prompt()
    if (!this.#isAtLineStart) this.#terminal.print('\n')
    this.#isAtLineStart = true
    const depth = shell.depth === 0 ? '' : `(fork${shell.depth === 1 ? '' : ` ${shell.depth}`}) `
    return `${depth}${typeof prompt === 'string' ? prompt : PLAIN_PROMPT}`
  }

  /** Undefined as long as the shell goes on. */
  #outcome(outcome: LineOutcome): End {
    if (outcome.kind === 'done') return outcome.isOver ? outcome.status : undefined
    const { program, what } = outcome.error
    const rest = outcome.isUndone ? 'all is as it was before' : 'what was done until then stays done'
    this.#complain(`${program}: ${what} is not simulated; ${rest}`)
    return this.#lines.isTyped ? undefined : EXIT.unsimulated
  }

  async #executeOwn(shell: SimulatedShell, name: string, operand: string): Promise<End> {
    const act = Object.hasOwn(OWN, name) ? OWN[name] : undefined
    try {
      if (act === undefined) throw new OperatorError(`:${name} is no command; :help lists them`)
      if (name !== 'save' && operand !== '') throw new OperatorError(`:${name} takes no operand`)
      this.#ownStatus = EXIT.ok
      return await act(shell, this, operand)
    } catch (error) {
      this.#ownStatus = this.#explain(error)
      return undefined
    }
  }

  #explain(error: unknown): number {
    if (!(error instanceof Unsimulated)) return explain(error, this.#terminal)
    this.#complain(`it cannot be told what ${error.what} would be; wait for it to end, or kill it`)
    return EXIT.failed
  }

  async reboot(shell: SimulatedShell, kind: 'clean' | 'power-cut'): Promise<End> {
    await shell.reboot(kind)
    this.#tell(kind === 'clean' ? 'rebooted' : 'the power was cut, and came back')
    await this.#start(shell)
    return undefined
  }

  async save(shell: SimulatedShell, file: string): Promise<End> {
    if (file === '') throw new OperatorError(':save wants the name of a file')
    await saveMachine(shell.hostAlone(), file)
    this.#tell(`saved: sim:${file} goes on with it`)
    return undefined
  }

  diff(shell: SimulatedShell): End {
    this.#terminal.print(diffText(shell.diff(), this.#terminal.style))
    return undefined
  }

  help(): End {
    this.#terminal.print(HELP)
    return undefined
  }

  fork(shell: SimulatedShell): End {
    shell.fork()
    this.#tell('on a copy; :back returns to the machine as it is now')
    return undefined
  }

  back(shell: SimulatedShell): End {
    if (!shell.back()) throw new OperatorError('there is no copy to come back from; :fork makes one')
    this.#tell('the copy is gone')
    return undefined
  }

  #complete(shell: SimulatedShell, line: string): readonly string[] {
    if (!line.startsWith(':')) return shell.complete(line)
    return Object.keys(OWN)
      .map(name => `:${name}`)
      .filter(name => name.startsWith(line))
  }

  async #readForProgram(signal: AbortSignal): Promise<Uint8Array | undefined> {
    this.#isAtLineStart = true
    const next = await this.#lines.next('', { isForProgram: true, signal })
    return next.kind === 'line' ? encodeText(next.text) : undefined
  }

  #show(bytes: Uint8Array, show: () => void): void {
    if (bytes.length > 0) this.#isAtLineStart = bytes.at(-1) === NEWLINE
    show()
  }

  /** News for who types; a pipe gets what the commands write and nothing else. */
  #tell(text: string): void {
    if (this.#lines.isTyped) this.#terminal.print(`${this.#terminal.style.dim(visible(text))}\n`)
  }

  #complain(text: string): void {
    this.#terminal.complain(`seatrial: ${visible(text)}\n`)
  }
}

const NEWLINE = 0x0a
const INTERRUPTED = 130

/** Where PS1 holds what is not simulated. */
const PLAIN_PROMPT = '# '

const OWN: Readonly<
  Record<string, (shell: SimulatedShell, dialogue: Dialogue, operand: string) => End | Promise<End>>
> = {
  fork: (shell, dialogue) => dialogue.fork(shell),
  back: (shell, dialogue) => dialogue.back(shell),
  reboot: (shell, dialogue) => dialogue.reboot(shell, 'clean'),
  'power-cut': (shell, dialogue) => dialogue.reboot(shell, 'power-cut'),
  diff: (shell, dialogue) => dialogue.diff(shell),
  save: (shell, dialogue, operand) => dialogue.save(shell, operand),
  help: (_, dialogue) => dialogue.help(),
}

import { Unsimulated } from '../src/host/host.ts'
import type { OpenFile } from './fs/open-file.ts'
import type { Machine } from './machine.ts'
import { type Child, Process, SIGNAL_NUMBER, Terminated } from './process.ts'
import type { Blocking } from './scheduler.ts'
import { completions } from './shell/completions.ts'
import { interactiveBash } from './shell/main.ts'
import type { Shell } from './shell/shell.ts'
import {
  type LineEnd,
  leave,
  promptFor,
  readStartupFile,
  runTypedLine,
  STARTUP_FILES,
} from './shell/typed-line.ts'
import { type ReadLine, ShownOutput, TypedInput } from './typed-input.ts'

/** What a session speaks and listens to. */
export interface SessionConsole {
  /** Standard output. */
  print(bytes: Uint8Array): void
  /** Standard error. */
  complain(bytes: Uint8Array): void
  /** What programs of the session read. */
  readonly readLine: ReadLine
}

/** What came of a line: it was executed, or it met what is not simulated. */
export type LineOutcome =
  | { readonly kind: 'done'; readonly status: number; readonly isOver: boolean }
  | {
      readonly kind: 'unsimulated'
      readonly error: Unsimulated
      /** The machine and the shell are as they were before the line; otherwise its first half stays done. */
      readonly isUndone: boolean
    }

/** The parts that a copy has of its own. */
interface Parts {
  readonly machine: Machine
  readonly process: Process
  readonly shell: Shell
}

/**
 * A shell of root's on a machine, fed line by line. Between two lines nothing of it runs: its state is kept here, so
 * the machine is a value that can be copied, saved and compared, and a copy of it has a copy of the shell.
 */
export class Session {
  readonly #console: SessionConsole
  #input: TypedInput
  #parts: Parts
  #isRunning = false
  #isCutOff = false
  #interruptions = 0
  /** Children that earlier lines left in the background. */
  #earlier: ReadonlySet<number> = new Set()

  private constructor(console: SessionConsole, input: TypedInput, parts: Parts) {
    this.#console = console
    this.#input = input
    this.#parts = parts
  }

  /** A new shell on a machine that runs nothing else. */
  static open(machine: Machine, console: SessionConsole): Session {
    const input = new TypedInput(console.readLine)
    const process = new Process(machine, {
      argv: ['bash'],
      env: machine.rootEnvironment,
      cwd: machine.fs.canAccess(machine.rootCaller, '/root', 'execute') ? '/root' : '/',
      credentials: machine.rootCredentials,
      files: streams(input, console),
      exe: '/usr/bin/bash',
    })
    return new Session(console, input, { machine, process, shell: interactiveBash(process) })
  }

  /** What bash does before it asks somebody for the first line. Gives the files that hold what is not simulated. */
  async readStartupFiles(): Promise<readonly string[]> {
    const unread: string[] = []
    for (const file of STARTUP_FILES) {
      const outcome = await this.#run(shell => readStartupFile(shell, file))
      if (outcome.kind === 'unsimulated') unread.push(file)
    }
    return unread
  }

  /** The machine that the shell is on: another one after a line that was undone. */
  get machine(): Machine {
    return this.#parts.machine
  }

  /** `$?` */
  get status(): number {
    return this.#parts.shell.status
  }

  /** Executes a complete command. */
  run(text: string): Promise<LineOutcome> {
    return this.#run(shell => runTypedLine(shell, text))
  }

  /** The end of the input: the EXIT trap runs. */
  end(): Promise<LineOutcome> {
    return this.#run(shell => leave(shell))
  }

  /** What stands before the next line, as PS1 has it. */
  async prompt(): Promise<string | Unsimulated> {
    let text = ''
    const outcome = await this.#run(function* (shell) {
      text = yield* promptFor(shell)
      return { status: shell.status, isOver: false }
    })
    return outcome.kind === 'done' ? text : outcome.error
  }

  /** SIGINT, as Ctrl-C sends it: to what runs in the foreground and to the shell. The second one cuts the line off. */
  interrupt(): void {
    const { process } = this.#parts
    if (!this.#isRunning) {
      this.#parts.shell.status = 128 + SIGNAL_NUMBER.INT
      return
    }
    this.#interruptions++
    if (this.#interruptions > 1) this.#isCutOff = true
    for (const child of this.#foreground()) signalFamily(child, this.#isCutOff ? 'KILL' : 'INT')
    process.signal('INT')
    this.#input.giveUp()
  }

  /** What a name at the end of a line can be completed to: of a program where it is the first word, else of a file. */
  complete(line: string): readonly string[] {
    const { process, shell } = this.#parts
    return completions(process, shell, line)
  }

  /** What programs left unread of the last line that they were given. */
  takeUnread(): Uint8Array {
    return this.#input.takeRest()
  }

  /**
   * A copy of the machine with a copy of the shell on it; what happens to one does not show in the other.
   * `Unsimulated` while something runs in the background, or holds a file open.
   */
  copy(): Session {
    const { machine, process, shell } = this.#parts
    const foreign = [...process.files].find(([fd, file]) => fd > 2 || !isStream(file))
    if (foreign !== undefined)
      throw new Unsimulated('fork', `a shell that has opened descriptor ${foreign[0]} (exec)`)
    const copied = machine.fork()
    const input = new TypedInput(this.#console.readLine)
    const own = new Process(copied, {
      argv: process.argv,
      env: process.env,
      cwd: process.cwd,
      umask: process.umask,
      credentials: process.credentials,
      files: streams(input, this.#console),
      pid: process.pid,
    })
    for (const [signal, action] of process.signalActions) own.signalActions.set(signal, action)
    copied.adopt(own)
    return new Session(this.#console, input, { machine: copied, process: own, shell: shell.copyTo(own) })
  }

  /** A copy of the machine as it is without this shell. Throws as `copy`. */
  machineAlone(): Machine {
    const { machine, process } = this.copy().#parts
    process.closeAll()
    machine.kernel.processes.remove(process.pid)
    return machine
  }

  async #run(body: (shell: Shell) => Blocking<LineEnd>): Promise<LineOutcome> {
    const before = this.#copyOrNothing()
    this.#earlier = new Set(this.#parts.process.children.keys())
    this.#interruptions = 0
    this.#isCutOff = false
    this.#parts.process.pendingSignals.splice(0)
    this.#isRunning = true
    try {
      return { kind: 'done', ...(await this.#drive(body)) }
    } catch (error) {
      if (!(error instanceof Unsimulated)) throw error
      if (before === undefined) await this.#cutOff()
      else this.#goBackTo(before)
      return { kind: 'unsimulated', error, isUndone: before !== undefined }
    } finally {
      this.#isRunning = false
    }
  }

  async #drive(body: (shell: Shell) => Blocking<LineEnd>): Promise<LineEnd> {
    const { machine, process, shell } = this.#parts
    let end: LineEnd | undefined
    function* task(): Blocking<number> {
      end = yield* body(shell)
      return end.status
    }
    machine.scheduler.add({
      pid: process.pid,
      body: task(),
      waitsFor: undefined,
      onEnd: outcome => {
        end ??= this.#endOf(outcome)
      },
    })
    const outcome = await machine.goOn(() => end !== undefined || this.#isCutOff)
    if (this.#isCutOff) return await this.#cutOff()
    if (outcome === 'deadlock' || end === undefined)
      throw new Unsimulated('bash', 'waiting for something that never comes')
    if (end.isOver) this.#close()
    return end
  }

  /** A signal ended the shell, or something was thrown that ends the line. */
  #endOf(outcome: { exitCode: number } | { thrown: unknown }): LineEnd {
    if ('exitCode' in outcome) return { status: outcome.exitCode, isOver: true }
    const { thrown } = outcome
    if (thrown instanceof Terminated) return { status: thrown.exitCode, isOver: true }
    this.#parts.machine.thrown(thrown)
    return { status: this.status, isOver: false }
  }

  /** Takes everything off that the line has started; what it did stays. */
  async #cutOff(): Promise<LineEnd> {
    const { machine, process, shell } = this.#parts
    machine.scheduler.kill(process.pid, 0)
    for (const child of this.#foreground()) signalFamily(child, 'KILL')
    await machine.goOn(() => true).catch(ignoreUnsimulated)
    shell.status = 128 + SIGNAL_NUMBER.INT
    return { status: shell.status, isOver: false }
  }

  #goBackTo(before: Session): void {
    this.#parts = before.#parts
    this.#input = before.#input
  }

  #close(): void {
    const { machine, process } = this.#parts
    process.closeAll()
    machine.kernel.processes.remove(process.pid)
  }

  #foreground(): readonly Child[] {
    const { process, shell } = this.#parts
    return [...process.children.values()].filter(
      ({ pid }) => !this.#earlier.has(pid) && shell.jobs.get(pid) === undefined,
    )
  }

  #copyOrNothing(): Session | undefined {
    try {
      return this.copy()
    } catch (error) {
      ignoreUnsimulated(error)
      return undefined
    }
  }
}

const streams = (input: TypedInput, console: SessionConsole): ReadonlyMap<number, OpenFile> =>
  new Map<number, OpenFile>([
    [0, input],
    [1, new ShownOutput(bytes => console.print(bytes))],
    [2, new ShownOutput(bytes => console.complain(bytes))],
  ])

const isStream = (file: OpenFile): boolean => file instanceof TypedInput || file instanceof ShownOutput

function signalFamily(child: Child, signal: 'INT' | 'KILL'): void {
  for (const grandchild of [...child.process.children.values()]) signalFamily(grandchild, signal)
  child.process.signal(signal)
}

function ignoreUnsimulated(error: unknown): void {
  if (!(error instanceof Unsimulated)) throw error
}

import {
  type LineOutcome,
  type Machine,
  type MachineDiff,
  Session,
  type SessionConsole,
  SimHost,
  wantsMore,
} from '../../sim/door.ts'
import type { Host } from '../host/host.ts'

export type { FileView, LineOutcome, MachineDiff, SessionConsole } from '../../sim/door.ts'

/** A session, and what its machine is compared with. */
interface Level {
  session: Session
  /** A copy of the machine as it was when it had booted, or was opened. */
  base: Machine
}

/** A shell on a simulated host, with what only a simulation has: copies to try things on, power cuts, differences. */
export class SimulatedShell {
  readonly #host: SimHost
  readonly #console: SessionConsole
  /** The last one is worked on; the others are what `back` returns to. */
  readonly #levels: Level[]

  private constructor(host: SimHost, console: SessionConsole, level: Level) {
    this.#host = host
    this.#console = console
    this.#levels = [level]
  }

  /** Undefined for a host that is not simulated. */
  static open(host: Host, console: SessionConsole): SimulatedShell | undefined {
    if (!(host instanceof SimHost)) return undefined
    const base = host.machine.fork()
    return new SimulatedShell(host, console, { session: Session.open(host.machine, console), base })
  }

  get #top(): Level {
    const top = this.#levels.at(-1)
    if (top === undefined) throw new Error('a shell has a session at all times')
    return top
  }

  get #session(): Session {
    return this.#top.session
  }

  /** How many copies there are to go back from. */
  get depth(): number {
    return this.#levels.length - 1
  }

  get status(): number {
    return this.#session.status
  }

  /** What a new shell does before somebody types into it. Gives the files that it could not read. */
  readStartupFiles(): Promise<readonly string[]> {
    return this.#session.readStartupFiles()
  }

  prompt(): ReturnType<Session['prompt']> {
    return this.#session.prompt()
  }

  /** Whether what was typed is no complete command yet. */
  wantsMore(text: string): boolean {
    return wantsMore(text)
  }

  /** A line may reboot the machine, or end it: the shell is then a new one, or over. */
  async run(text: string): Promise<LineOutcome> {
    const outcome = await this.#session.run(text)
    const next = outcome.kind === 'done' ? await this.#session.machine.followPower() : undefined
    if (next === undefined || outcome.kind !== 'done') return outcome
    if (next === 'off') return { ...outcome, isOver: true }
    this.#goOnWith(next)
    return { ...outcome, isOver: false }
  }

  end(): Promise<LineOutcome> {
    return this.#session.end()
  }

  interrupt(): void {
    this.#session.interrupt()
  }

  complete(line: string): readonly string[] {
    return this.#session.complete(line)
  }

  takeUnread(): Uint8Array {
    return this.#session.takeUnread()
  }

  /** Works on a copy of the machine and of the shell from now on. Throws `Unsimulated` while something runs. */
  fork(): void {
    this.#levels.push({ session: this.#session.copy(), base: this.#top.base })
  }

  /** Gives the copy up; false when there is none. */
  back(): boolean {
    if (this.depth === 0) return false
    this.#levels.pop()
    return true
  }

  /** A clean reboot, or a power cut that loses what was not synced; then a new shell. */
  async reboot(kind: 'clean' | 'power-cut'): Promise<void> {
    const { machine } = this.#session
    this.#goOnWith(await (kind === 'clean' ? machine.reboot() : machine.powerCut()))
  }

  #goOnWith(booted: Machine): void {
    const base = booted.fork()
    this.#levels.splice(-1, 1, { session: Session.open(booted, this.#console), base })
  }

  /** What changed since the machine booted, or was opened. Throws `Unsimulated` while something runs. */
  diff(): MachineDiff {
    return this.#session.machine.diff(this.#top.base)
  }

  /** A host with the machine as it is without this shell. Throws `Unsimulated` while something runs. */
  hostAlone(): Host {
    return new SimHost(this.#host.name, this.#session.machineAlone())
  }
}

import { Unsimulated } from '../../src/host/host.ts'
import { spawnCommand } from './exec.ts'
import { exitWords } from './exit-status.ts'
import type { Pid1 } from './pid1.ts'
import type { Outcome } from './service-context.ts'
import type { ActiveState, MountConfig, UnitConfig, UnitRuntime } from './state.ts'
import { UNSAID } from './unit-config.ts'

type MountState = 'dead' | 'mounting' | 'mounted' | 'unmounting' | 'failed'

const ACTIVE_STATES: Readonly<Record<MountState, ActiveState>> = {
  dead: 'inactive',
  mounting: 'activating',
  mounted: 'active',
  unmounting: 'deactivating',
  failed: 'failed',
}

/** A mount unit with a file: PID 1 runs mount(8) and umount(8) for it (src/core/mount.c). */
export class MountUnit {
  readonly #pid1: Pid1
  readonly #config: UnitConfig
  readonly #mount: MountConfig

  constructor(pid1: Pid1, config: UnitConfig, mount: MountConfig) {
    this.#pid1 = pid1
    this.#config = config
    this.#mount = mount
  }

  start(): Outcome {
    const { what, where, type, options } = this.#mount
    if (this.#state === 'mounting') return 'nothing'
    if (this.#state === 'unmounting') return 'again'
    makePath(this.#pid1, where)
    this.#pid1.units.change(this.#config.id, { result: 'success' })
    this.#spawn('/bin/mount', [
      what,
      where,
      ...(type === '' ? [] : ['-t', type]),
      ...(options === '' ? [] : ['-o', options]),
    ])
    this.#enter('mounting')
    return 'begun'
  }

  stop(): Outcome {
    if (this.#state !== 'mounted') return 'nothing'
    this.#spawn('/bin/umount', [this.#mount.where])
    this.#enter('unmounting')
    return 'begun'
  }

  exited(exitCode: number): void {
    const { id } = this.#config
    this.#pid1.units.change(id, { controlPid: 0 })
    const isMounting = this.#state === 'mounting'
    if (exitCode === 0 && isMounting) {
      this.#enter('mounted')
      return
    }
    if (exitCode !== 0) {
      this.#pid1.say(id, `${id}: Mount process exited, ${exitWords(exitCode)}`, 5)
      this.#pid1.units.change(id, { result: 'exit-code' })
    }
    if (exitCode !== 0 && !isMounting) {
      this.#enter('mounted')
      return
    }
    const { words } = this.#pid1.parts.release
    this.#pid1.say(id, `${id}: ${exitCode === 0 ? words.deactivated : `Failed with result 'exit-code'.`}`)
    this.#enter(exitCode === 0 ? 'dead' : 'failed')
  }

  get #runtime(): UnitRuntime {
    return this.#pid1.units.runtime(this.#config.id)
  }

  get #state(): string {
    return this.#runtime.subState
  }

  #enter(subState: MountState): void {
    const before = this.#runtime.activeState
    const { id } = this.#config
    this.#pid1.units.change(id, { subState, activeState: ACTIVE_STATES[subState] })
    this.#pid1.states.notify(id, before, { isReloadFailed: false, isRestarting: false })
  }

  #spawn(path: string, operands: readonly string[]): void {
    const { parts, init } = this.#pid1
    const command = { path, argv: [path, ...operands], isFailureIgnored: false, isExpanding: false }
    const spawned = spawnCommand(command, {
      init,
      journal: parts.journal,
      config: this.#config,
      service: UNSAID,
      variables: {},
      release: parts.release,
      recordedProgram: undefined,
    })
    if (typeof spawned === 'string') throw new Unsimulated('systemd', `${this.#config.id}: ${spawned}`)
    this.#pid1.units.change(this.#config.id, { controlPid: spawned.pid })
  }
}

/** mkdir_p_label(): the mount point, with what lies above it. */
function makePath({ init }: Pid1, path: string): void {
  const names = path.split('/').slice(1)
  for (const depth of names.keys()) {
    const directory = `/${names.slice(0, depth + 1).join('/')}`
    if (!init.exists(directory)) init.mkdir(directory, 0o755)
  }
}

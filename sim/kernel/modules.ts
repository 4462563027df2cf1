import type { KernelRecord, LiveModuleRecord, LoadedRecord, ModuleRecord } from '../../src/format/image.ts'
import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { Cell } from '../clock.ts'
import { signaturePolicy } from './command-line.ts'
import { type Credentials, isCapable } from './credentials.ts'
import type { KernelLog } from './log.ts'
import { broughtEntries, heldBy, messagesOf, partingOf } from './module-effects.ts'
import type { SysctlTable } from './sysctl.ts'

/** A row of /proc/modules. */
export interface LiveModule {
  readonly name: string
  readonly sizeBytes: number
  /** References that are not modules: mounts, sockets, devices. */
  readonly heldBy: number
  readonly state: 'live' | 'loading' | 'unloading'
  /** Live modules that this one uses. */
  readonly depends: readonly string[]
  /** Modules that it holds beside those: their `heldBy` counts it. */
  readonly holds: readonly string[]
  readonly parameters: Readonly<Record<string, string>>
}

export interface ModulesState {
  /** The newest first, as /proc/modules has them. */
  readonly live: readonly LiveModule[]
  /** Rows of /proc/filesystems. */
  readonly filesystems: readonly { readonly name: string; readonly nodev: boolean }[]
  /** A module without a valid signature was loaded: TAINT_UNSIGNED_MODULE. */
  readonly isTainted?: boolean
}

/** What the kernel is made of; the same for every machine of an image. */
export type ModuleCatalog = Pick<
  KernelRecord,
  'modules' | 'builtin' | 'canLoadModules' | 'live' | 'sysctl' | 'cmdline'
>

interface ModuleTableOptions {
  readonly catalog: ModuleCatalog
  readonly sysctl: SysctlTable
  readonly log: KernelLog
  /** Modules whose file has no valid signature. */
  readonly unsigned: readonly string[]
}

/** The module table of kernel/module/main.c: who is live, who uses whom, and what loading brings. */
export class ModuleTable {
  readonly #cell: Cell<ModulesState>
  readonly #catalog: ModuleCatalog
  readonly #sysctl: SysctlTable
  readonly #log: KernelLog
  readonly #unsigned: ReadonlySet<string>

  constructor(cell: Cell<ModulesState>, options: ModuleTableOptions) {
    this.#cell = cell
    this.#catalog = options.catalog
    this.#sysctl = options.sysctl
    this.#log = options.log
    this.#unsigned = new Set(options.unsigned)
  }

  /** The bits of /proc/sys/kernel/tainted that modules have set. */
  get isTainted(): boolean {
    return this.#cell.value.isTainted === true
  }

  /** Whether this kernel has /proc/modules at all (CONFIG_MODULES). */
  get isSupported(): boolean {
    return this.#catalog.live !== undefined
  }

  /** The newest first. */
  get live(): readonly LiveModule[] {
    return this.#cell.value.live
  }

  find(name: string): LiveModule | undefined {
    return this.live.find(module => module.name === name)
  }

  isLive(name: string): boolean {
    return this.find(name) !== undefined
  }

  get filesystems(): ModulesState['filesystems'] {
    return this.#cell.value.filesystems
  }

  /** Live modules that use this one: the fourth column of /proc/modules, newest user first. */
  usedBy(name: string): readonly string[] {
    return this.live.filter(other => other.depends.includes(name)).map(user => user.name)
  }

  /** The third column of /proc/modules. */
  refcount(name: string): number {
    return (this.find(name)?.heldBy ?? 0) + this.usedBy(name).length
  }

  /** What is known of a loadable module's file. */
  record(name: string): ModuleRecord | undefined {
    const { modules } = this.#catalog
    const record = modules !== undefined && Object.hasOwn(modules, name) ? modules[name] : undefined
    // modinfo keeps the dashes of file names; a module's name has underscores.
    return record && { ...record, depends: record.depends.map(other => other.replaceAll('-', '_')) }
  }

  /**
   * init_module(2). EPERM without CAP_SYS_MODULE, EEXIST when it is live, ENOENT when a symbol's module is not.
   * What it brings to /proc/sys and /proc/filesystems is what the recorder saw; a module that it never loaded is
   * `Unsimulated`.
   */
  load(
    name: string,
    options: { credentials: Credentials; parameters?: Readonly<Record<string, string>> },
  ): void {
    if (!this.#catalog.canLoadModules || !isCapable(options.credentials, 'cap_sys_module'))
      throw new KernelError('EPERM')
    const hasSignature = !this.#unsigned.has(name)
    if (!hasSignature) this.#checkSignature()
    if (this.isLive(name)) throw new KernelError('EEXIST')
    const record = this.record(name)
    if (record === undefined) throw new KernelError('ENOENT')
    if (record.depends.some(dependency => !this.#isPresent(dependency))) throw new KernelError('ENOENT')
    if (record.loaded === undefined) throw new Unsimulated('init_module(2)', `what loading ${name} changes`)
    const module: LiveModule = {
      name,
      sizeBytes: record.loaded.sizeBytes,
      heldBy: 0,
      state: 'live',
      depends: record.depends.filter(dependency => this.isLive(dependency)),
      holds: heldBy(name, other => this.isLive(other)),
      parameters: options.parameters ?? {},
    }
    this.#register(module, record.loaded)
    if (!hasSignature) this.#taint(name)
    for (const { level, text } of messagesOf(name)) this.#log.add(level, text)
  }

  /** module_sig_check() of kernel/module/signing.c, which comes before everything else that is checked of a file. */
  #checkSignature(): void {
    const policy = signaturePolicy(this.#catalog.cmdline)
    if (policy === 'enforced') throw new KernelError('EKEYREJECTED')
    if (policy === 'tainting') return
    this.#log.add(
      'notice',
      'Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7',
    )
    throw new KernelError('EPERM')
  }

  #taint(name: string): void {
    if (this.isTainted) return
    const words = 'module verification failed: signature and/or required key missing - tainting kernel'
    this.#log.add('notice', `${name}: ${words}`)
    this.#cell.value = { ...this.#cell.value, isTainted: true }
  }

  /** delete_module(2). ENOENT when it is not live, EAGAIN while somebody uses it. */
  unload(name: string, credentials: Credentials): void {
    if (!isCapable(credentials, 'cap_sys_module')) throw new KernelError('EPERM')
    if (!this.isLive(name)) throw new KernelError('ENOENT')
    if (this.refcount(name) > 0) throw new KernelError('EAGAIN')
    const loaded = this.record(name)?.loaded
    const held = this.find(name)?.holds ?? []
    if (loaded === undefined) throw new Unsimulated('delete_module(2)', `what unloading ${name} changes`)
    const gone = new Set(loaded.filesystems.map(filesystem => filesystem.name))
    const state = this.#cell.value
    this.#cell.value = {
      ...state,
      live: state.live.filter(module => module.name !== name),
      filesystems: state.filesystems.filter(filesystem => !gone.has(filesystem.name)),
    }
    for (const other of held) this.hold(other, -1)
    this.#sysctl.unregister(Object.keys(loaded.sysctl))
    const parting = partingOf(name)
    if (parting !== undefined) this.#log.add('info', parting)
  }

  /** A file system was mounted, a device opened: the module cannot go while it lasts. */
  hold(name: string, by: 1 | -1): void {
    const held = (module: LiveModule): LiveModule =>
      module.name === name ? { ...module, heldBy: module.heldBy + by } : module
    this.#cell.value = { ...this.#cell.value, live: this.live.map(held) }
  }

  #isPresent(name: string): boolean {
    return this.isLive(name) || (this.#catalog.builtin ?? []).includes(name)
  }

  #register(module: LiveModule, loaded: LoadedRecord): void {
    const state = this.#cell.value
    const defaults = {
      atRecording: this.#catalog.sysctl,
      now: (path: string) => this.#sysctl.entry(path),
    }
    const entries = broughtEntries(module, loaded.sysctl, defaults)
    const known = new Set(state.filesystems.map(filesystem => filesystem.name))
    const added = loaded.filesystems.filter(filesystem => !known.has(filesystem.name))
    const filesystems = [...state.filesystems, ...added]
    this.#cell.value = { ...state, live: [module, ...state.live], filesystems }
    for (const other of module.holds) this.hold(other, 1)
    this.#sysctl.register(entries)
  }
}

/** The table as the recorder found it. */
export function modulesAtBoot(kernel: KernelRecord): ModulesState {
  const rows = kernel.live ?? []
  const module = (row: LiveModuleRecord): LiveModule => ({
    name: row.name,
    sizeBytes: row.sizeBytes,
    heldBy: row.refcount - row.usedBy.length,
    state: 'live',
    depends: rows.filter(other => other.usedBy.includes(row.name)).map(other => other.name),
    holds: [],
    parameters: {},
  })
  return { live: rows.map(module), filesystems: kernel.filesystems }
}

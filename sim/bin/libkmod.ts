import type { ModuleRecord } from '../../src/format/image.ts'
import { type ErrnoName, KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { fnmatch } from '../formats/fnmatch.ts'
import {
  type ModprobeConfig,
  moduleName,
  parseModprobeConfig,
  parseSoftdep,
  type Softdep,
} from '../formats/modprobe-d.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { type KmodRelease, kmodRelease } from './kmod-release.ts'

/** Directories of modprobe.d(5), the strongest first: a file hides those of the same name further on. */
const CONFIG_DIRECTORIES = [
  '/etc/modprobe.d',
  '/run/modprobe.d',
  '/usr/local/lib/modprobe.d',
  '/usr/lib/modprobe.d',
  '/lib/modprobe.d',
]

export interface ProbeOptions {
  /** Parameters from the command line, for the module itself and not for its dependencies. */
  readonly parameters?: string
  /** `--ignore-install`. */
  readonly isIgnoringCommands?: boolean
  /** `--use-blacklist`: a name on the blacklist is skipped, not only an alias of one. */
  readonly isApplyingBlacklist?: boolean
  /** `--first-time`: a module that is there already is EEXIST. */
  readonly isFailingOnLoaded?: boolean
  /** `--show-depends`: goes on although the module is there already. */
  readonly isIgnoringLoaded?: boolean
  readonly isDryRun?: boolean
  /** Called with what is about to be done, in modprobe's words. */
  readonly onAction?: (line: string) => void
  /** Called with what libkmod logs as an error. */
  readonly onError?: (line: string) => void
}

/** A module that a name or an alias led to. */
export interface FoundModule {
  readonly name: string
  readonly isAlias: boolean
  readonly isBuiltin: boolean
}

/**
 * libkmod as modprobe(8) and systemd-modules-load(8) use it: configuration, index, dependencies. The order of lookups is
 * that of kmod_module_new_from_lookup(), and of insertions that of kmod_module_probe_insert_module() in libkmod-module.c.
 */
export class Kmod {
  readonly #process: Process
  readonly #config: ModprobeConfig
  readonly #hasIndex: boolean
  readonly #release: KmodRelease

  constructor(process: Process) {
    this.#process = process
    this.#release = kmodRelease(process)
    this.#config = parseModprobeConfig(configTexts(process))
    // kmod reads the binary index; modules.dep is for people, and depmod.
    this.#hasIndex = process.exists(`${this.directory}/modules.dep.bin`)
  }

  /** Where this kernel's modules are: /lib/modules/RELEASE. */
  get directory(): string {
    return `/lib/modules/${this.#process.kernel.record.release}`
  }

  get config(): ModprobeConfig {
    return this.#config
  }

  /** What a name or an alias means: nothing, one module, or several. */
  lookup(name: string): readonly FoundModule[] {
    const wanted = moduleName(name)
    const configured = this.#config.aliases
      .filter(alias => matches(alias.pattern, wanted))
      .map(alias => alias.module)
    if (configured.length > 0) return configured.map(module => this.#named(module)).map(asAlias)
    const direct = this.#byName(wanted)
    if (direct.length > 0) return direct
    if (this.#config.install.has(wanted) || this.#config.remove.has(wanted))
      return [{ name: wanted, isAlias: false, isBuiltin: false }]
    return this.#byAlias(wanted)
  }

  record(name: string): ModuleRecord | undefined {
    return this.#hasIndex ? this.#process.kernel.modules.record(name) : undefined
  }

  /** kmod_module_get_dependencies(): all that a module needs, the needed ones first. */
  dependencies(name: string): readonly string[] {
    return this.#hasIndex ? (this.#process.kernel.moduleIndex.get(name)?.toReversed() ?? []) : []
  }

  softdeps(name: string): Softdep {
    const words = this.record(name)?.softdep?.split(/[ \t]+/) ?? []
    return this.#config.softdeps.get(name) ?? parseSoftdep(words)
  }

  isInKernel(module: FoundModule): boolean {
    return module.isBuiltin || this.#process.kernel.modules.isLive(module.name)
  }

  /** Inserts a module, what it depends on, and what softdep names. Throws `KernelError` with the errno of the insertion. */
  *probe(module: FoundModule, options: ProbeOptions = {}): Blocking<void> {
    if (!options.isIgnoringLoaded && this.isInKernel(module)) {
      if (options.isFailingOnLoaded) throw new KernelError('EEXIST')
      return
    }
    if ((module.isAlias || options.isApplyingBlacklist) && this.#config.blacklist.has(module.name)) return
    const required = new Set([module.name, ...this.dependencies(module.name)])
    for (const name of this.#probeList(module.name)) {
      const errno = yield* this.#insert(name, name === module.name ? options : { ...options, parameters: '' })
      if (errno !== undefined && required.has(name)) throw new KernelError(errno)
    }
  }

  /** One module of the list: its install command, or the system call. What fails is told, and fatal only if required. */
  *#insert(name: string, options: ProbeOptions): Blocking<ErrnoName | undefined> {
    const isLive = !options.isIgnoringLoaded && this.#process.kernel.modules.isLive(name)
    const command = options.isIgnoringCommands ? undefined : this.#config.install.get(name)
    const isThere = this.record(name) !== undefined
    if (isLive || (!isThere && command === undefined && this.#byName(name).length > 0)) return undefined
    if (!isThere && command === undefined) return this.#insertNothing(name, options)
    // module_options_concat(): a space after the configured ones, whatever follows.
    const configured = (this.#config.options.get(name) ?? []).map(text => `${text} `).join('')
    const parameters = configured + (options.parameters ?? '')
    const action = command === undefined ? `insmod ${this.#pathOf(name)}` : `install ${command}`
    options.onAction?.(`${action} ${parameters}`)
    if (options.isDryRun) return undefined
    if (command === undefined) return this.#insertFile(name, parameters)
    const status = yield* this.#runCommand(command.replaceAll('$CMDLINE_OPTS', parameters))
    if (status === 0) return undefined
    options.onError?.(
      `${this.#release.placeOf('command_do')}Error running install command '${command}' for module ${name}: retcode ${status}`,
    )
    return 'EINVAL'
  }

  /** A name that stands in the configuration and of which there is no file. */
  #insertNothing(name: string, options: ProbeOptions): ErrnoName {
    if (options.isDryRun || options.onAction !== undefined)
      throw new Unsimulated('modprobe', `showing ${name}, which has no file`)
    options.onError?.(
      `${this.#release.placeOf('kmod_module_insert_module')}could not find module by name='${name}'`,
    )
    return 'ENOENT'
  }

  /** finit_module(2) of a module's file. */
  #insertFile(name: string, parameters: string): ErrnoName | undefined {
    try {
      this.#process.stat(this.#pathOf(name))
      this.#process.kernel.modules.load(name, {
        credentials: this.#process.credentials,
        parameters: parseParameters(parameters),
      })
      return undefined
    } catch (error) {
      if (error instanceof KernelError) return error.errno
      throw error
    }
  }

  /** system(3). */
  #runCommand(command: string): Blocking<number> {
    return this.#process.spawn('/bin/sh', ['sh', '-c', command]).wait()
  }

  /** Where a module's file is. */
  #pathOf(name: string): string {
    return `${this.directory}/${this.record(name)?.path ?? ''}`
  }

  /** __kmod_module_get_probe_list(): dependencies first, each with its softdeps around it. */
  #probeList(name: string, visited = new Set<string>()): readonly string[] {
    if (visited.has(name)) return []
    visited.add(name)
    return [...this.dependencies(name), name].flatMap(member => this.#withSoftdeps(member, visited))
  }

  #withSoftdeps(name: string, visited: Set<string>): readonly string[] {
    const around = (names: readonly string[]): readonly string[] =>
      names
        .flatMap(other => this.lookup(other))
        .flatMap(found => (found.isBuiltin ? [] : this.#probeList(found.name, visited)))
    const { pre, post } = this.softdeps(name)
    return [...around(pre), name, ...around(post)]
  }

  /** A module by its name, whether there is one or not: kmod_module_new_from_name(). */
  #named(name: string): FoundModule {
    return this.#byName(name)[0] ?? { name, isAlias: false, isBuiltin: false }
  }

  #byName(name: string): readonly FoundModule[] {
    if (this.record(name) !== undefined) return [{ name, isAlias: false, isBuiltin: false }]
    const isBuiltin = this.#hasIndex && this.#process.kernel.record.builtin?.includes(name) === true
    return isBuiltin ? [{ name, isAlias: false, isBuiltin }] : []
  }

  #byAlias(alias: string): readonly FoundModule[] {
    const { modules } = this.#process.kernel.record
    if (!this.#hasIndex || modules === undefined) return []
    return aliasIndexOf(modules)
      .lookup(alias)
      .map(name => ({ name, isAlias: true, isBuiltin: false }))
  }
}

/** modules.alias, as an index: most aliases have no wildcard, and there are thousands. */
class AliasIndex {
  readonly #order: ReadonlyMap<string, number>
  readonly #plain = new Map<string, string[]>()
  readonly #patterns: { readonly pattern: string; readonly name: string }[] = []

  constructor(modules: Readonly<Record<string, ModuleRecord>>) {
    this.#order = new Map(Object.keys(modules).map((name, index) => [name, index]))
    for (const [name, { aliases = [] }] of Object.entries(modules))
      for (const pattern of aliases.map(moduleName)) this.#add(pattern, name)
  }

  /** The modules with an alias that fits, in the order of the index. */
  lookup(alias: string): readonly string[] {
    const matching = this.#patterns.filter(({ pattern }) => fnmatch(pattern, alias)).map(({ name }) => name)
    const names = new Set([...(this.#plain.get(alias) ?? []), ...matching])
    const place = (name: string): number => this.#order.get(name) ?? 0
    return [...names].sort((a, b) => place(a) - place(b))
  }

  #add(pattern: string, name: string): void {
    if (isPattern(pattern)) this.#patterns.push({ pattern, name })
    else this.#plain.set(pattern, [...(this.#plain.get(pattern) ?? []), name])
  }
}

const aliasIndexes = new WeakMap<object, AliasIndex>()

/** Hosts of one image share it. */
function aliasIndexOf(modules: Readonly<Record<string, ModuleRecord>>): AliasIndex {
  const index = aliasIndexes.get(modules) ?? new AliasIndex(modules)
  aliasIndexes.set(modules, index)
  return index
}

const asAlias = (module: FoundModule): FoundModule => ({ ...module, isAlias: true })

/** `a=1 b="x y"` as names and values; a parameter without value is a bool that is set. */
export function parseParameters(text: string): Readonly<Record<string, string>> {
  const words = text.match(/[^\s"]+(?:"[^"]*")?/g) ?? []
  return Object.fromEntries(
    words.map(word => {
      const [name = '', value = 'Y'] = word.split(/=(.*)/s)
      return [moduleName(name), value.replaceAll('"', '')]
    }),
  )
}

const isPattern = (text: string): boolean => /[*?[]/.test(text)

const matches = (pattern: string, text: string): boolean =>
  isPattern(pattern) ? fnmatch(pattern, text) : pattern === text

/** The configuration files in reading order: by name over all directories. */
function configTexts(process: Process): readonly string[] {
  const files = new Map<string, string>()
  for (const directory of CONFIG_DIRECTORIES) {
    if (!process.exists(directory)) continue
    for (const name of process.readdir(directory))
      if (name.endsWith('.conf') && !files.has(name)) files.set(name, `${directory}/${name}`)
  }
  return [...files.keys()].sort().map(name => process.readText(files.get(name) ?? ''))
}

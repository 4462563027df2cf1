import { KernelError, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { type ParsedOptions, program } from './getopt.ts'
import { type KmodRelease, kmodRelease } from './kmod-release.ts'
import { type FoundModule, Kmod, type ProbeOptions } from './libkmod.ts'

/** modprobe(8) of kmod: names, aliases and dependencies over the kernel's module calls. */
export const modprobe = program(
  {
    options: [
      'a,all',
      'r,remove',
      'R,resolve-alias',
      'first-time',
      'i,ignore-install',
      'ignore-remove',
      'b,use-blacklist',
      'D,show-depends',
      'n,dry-run',
      'show',
      'q,quiet',
      'v,verbose',
      'V,version',
      's,syslog',
    ],
    unsimulated: [
      'w,wait:',
      'remove-dependencies',
      'remove-holders',
      'f,force',
      'force-modversion',
      'force-vermagic',
      'c,showconfig',
      'show-config',
      'show-modversions',
      'dump-modversions',
      'show-exports',
      'C,config:',
      'd,dirname:',
      'S,set-version:',
    ],
    hint: '',
  },
  function* (process, options): Blocking<number> {
    if (options.has('version')) {
      process.print(kmodRelease(process).version)
      return 0
    }
    if (process.env.has('MODPROBE_OPTIONS')) throw new Unsimulated('modprobe', '$MODPROBE_OPTIONS')
    if (options.operands.length === 0) {
      process.complain('modprobe: ERROR: missing parameters. See -h.\n')
      return 1
    }
    return yield* new Modprobe(process, options).run()
  },
)

class Modprobe {
  readonly #process: Process
  readonly #options: ParsedOptions
  readonly #kmod: Kmod
  readonly #release: KmodRelease
  /** Standard output of a program that is not on a terminal: what its commands say comes before. */
  #said = ''

  constructor(process: Process, options: ParsedOptions) {
    this.#process = process
    this.#options = options
    this.#kmod = new Kmod(process)
    this.#release = kmodRelease(process)
  }

  *run(): Blocking<number> {
    try {
      return yield* this.#run()
    } finally {
      // The kernel starts it with nothing open (request_module()).
      if (this.#process.files.has(1)) this.#process.print(this.#said)
    }
  }

  #say(line: string): void {
    this.#said += `${line}\n`
  }

  *#run(): Blocking<number> {
    const { operands } = this.#options
    const [first = '', ...parameters] = operands
    let isFailed = false
    if (this.#options.has('remove')) for (const name of operands) isFailed = !this.#remove(name) || isFailed
    else if (this.#options.has('all'))
      for (const name of operands) isFailed = !(yield* this.#insert(name, '')) || isFailed
    else isFailed = !(yield* this.#insert(first, parameters.map(quoteValue).join(' ')))
    return isFailed ? 1 : 0
  }

  *#insert(name: string, parameters: string): Blocking<boolean> {
    const found = this.#kmod.lookup(name)
    if (found.length === 0) {
      this.#log(`Module ${name} not found in directory ${this.#kmod.directory}`)
      return false
    }
    let isInserted = true
    for (const module of found) {
      if (this.#options.has('resolve-alias')) this.#say(module.name)
      else isInserted = yield* this.#probe(module, parameters)
    }
    return isInserted
  }

  *#probe(module: FoundModule, parameters: string): Blocking<boolean> {
    const isShowing = this.#options.has('show-depends')
    if (isShowing && module.isBuiltin) this.#say(`builtin ${module.name}`)
    const options: ProbeOptions = {
      parameters,
      isIgnoringCommands: this.#options.has('ignore-install'),
      isApplyingBlacklist: this.#options.has('use-blacklist'),
      isFailingOnLoaded: this.#options.has('first-time'),
      isIgnoringLoaded: isShowing,
      isDryRun: this.#isDry,
      onError: line => this.#complain(line),
      ...(this.#isVerbose || isShowing ? { onAction: line => this.#say(line) } : {}),
    }
    try {
      yield* this.#kmod.probe(module, options)
      return true
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      this.#complain(`could not insert '${module.name}': ${insertMessage(error)}`)
      return false
    }
  }

  #remove(name: string): boolean {
    const found = this.#kmod.lookup(name)
    if (found.length === 0) {
      if (this.#release.isTellingUnknownRemoval) this.#log(`Module ${name} not found.`)
      return false
    }
    for (const module of found) if (!this.#removeModule(module)) return false
    return true
  }

  /** rmmod_do_module() of tools/modprobe.c: the module, then those of its dependencies that nobody uses by then. */
  #removeModule(module: FoundModule): boolean {
    const { modules } = this.#process.kernel
    if (this.#kmod.config.remove.has(module.name))
      throw new Unsimulated('modprobe', `a remove command for ${module.name}`)
    if (module.isBuiltin) return this.#log(`Module ${module.name} is builtin.`)
    if (!modules.isLive(module.name)) {
      return this.#options.has('first-time') ? this.#log(`Module ${module.name} is not in kernel.`) : true
    }
    if (modules.refcount(module.name) > 0) return this.#log(`Module ${module.name} is in use.`)
    if (!this.#unload(module.name)) return false
    for (const dependency of this.#kmod.dependencies(module.name))
      if (modules.isLive(dependency) && modules.refcount(dependency) === 0) this.#unload(dependency)
    return true
  }

  #unload(name: string): boolean {
    if (this.#isVerbose || this.#options.has('show')) this.#say(`rmmod ${name}`)
    if (this.#isDry) return true
    try {
      this.#process.kernel.modules.unload(name, this.#process.credentials)
      return true
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      this.#complain(`could not remove '${name}': ${strerror(error.errno)}`)
      return false
    }
  }

  get #isDry(): boolean {
    return ['dry-run', 'show', 'show-depends'].some(name => this.#options.has(name))
  }

  get #isVerbose(): boolean {
    return this.#options.has('verbose')
  }

  /** LOG(): fatal, and a warning with --all, which goes on. */
  #log(message: string): boolean {
    if (!this.#options.has('quiet'))
      this.#process.complain(`modprobe: ${this.#options.has('all') ? 'WARNING' : 'FATAL'}: ${message}\n`)
    return false
  }

  #complain(message: string): void {
    if (!this.#options.has('quiet')) this.#process.complain(`modprobe: ERROR: ${message}\n`)
  }
}

/** insmod() of tools/modprobe.c. */
function insertMessage(error: KernelError): string {
  if (error.errno === 'EEXIST') return 'Module already in kernel'
  if (error.errno === 'ENOENT') return 'Unknown symbol in module, or unknown parameter (see dmesg)'
  return strerror(error.errno)
}

/** A parameter's value with spaces is quoted for the kernel. */
function quoteValue(parameter: string): string {
  const [name = '', value] = parameter.split(/=(.*)/s)
  return value?.includes(' ') && !/^["']/.test(value) ? `${name}="${value}"` : parameter
}

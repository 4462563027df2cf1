import { KernelError, strerror } from '../../src/host/errno.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { confFiles, searchConfFile } from './conf-files.ts'
import { type FoundModule, Kmod } from './libkmod.ts'
import { systemdProgram } from './systemd-program.ts'

const DIRECTORIES = [
  '/etc/modules-load.d',
  '/run/modules-load.d',
  '/usr/local/lib/modules-load.d',
  '/usr/lib/modules-load.d',
]

/** systemd-modules-load(8): every line of modules-load.d, and `modules_load=` of the kernel's command line. */
export const systemdModulesLoad = systemdProgram(
  { options: [], unsimulated: ['h'] },
  function* (process, options) {
    const kmod = new Kmod(process)
    const { operands } = options
    const isOptional = operands.length === 0
    if (process.system.bus.systemd.release.probesInThreads)
      return yield* probeInThreads(process, kmod, operands)
    let isGood = !isOptional || (yield* loadAll(process, kmod, namedOnCommandLine(process)))
    for (const file of isOptional ? confFiles(process, DIRECTORIES) : operands) {
      const names = namesIn(process, { file, isOptional })
      if (names === undefined || !(yield* loadAll(process, kmod, names))) isGood = false
    }
    return isGood ? 0 : 1
  },
)

const namedOnCommandLine = (process: Process): readonly string[] =>
  process.kernel.record.cmdline
    .split(/\s+/)
    .flatMap(word => /^(?:rd\.)?modules[-_]load=(.*)$/.exec(word)?.[1]?.split(',') ?? [])

/**
 * All names first, each once and with underscores; then as many threads as there are CPUs and names, up to 16
 * (determine_num_worker_threads() of src/modules-load/modules-load.c since 258). Here one follows the other.
 */
function* probeInThreads(process: Process, kmod: Kmod, operands: readonly string[]): Blocking<number> {
  const isOptional = operands.length === 0
  const files = isOptional ? confFiles(process, DIRECTORIES) : operands
  const lists = files.map(file => namesIn(process, { file, isOptional }))
  const named = [...(isOptional ? namedOnCommandLine(process) : []), ...lists.flatMap(list => list ?? [])]
  const names = [...new Set(named.map(name => name.replaceAll('-', '_')))]
  const threads = Math.min(process.kernel.record.cpuCount, 16, names.length)
  if (threads > 1) process.complain(`Using ${threads} probe threads\n`)
  const isGood = yield* loadAll(process, kmod, names)
  return isGood && !lists.includes(undefined) ? 0 : 1
}

/** apply_file() of src/modules-load/modules-load.c; undefined when it cannot be read, which is told. */
function namesIn(
  process: Process,
  { file, isOptional }: { readonly file: string; readonly isOptional: boolean },
): readonly string[] | undefined {
  try {
    return moduleLines(searchConfFile(process, file, DIRECTORIES).text)
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    if (isOptional && error.errno === 'ENOENT') return []
    process.complain(`Failed to open ${file}: ${strerror(error.errno)}\n`)
    return undefined
  }
}

const moduleLines = (text: string): readonly string[] =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !/^[#;]/.test(line))

function* loadAll(process: Process, kmod: Kmod, names: readonly string[]): Blocking<boolean> {
  let isGood = true
  for (const name of names) if (!(yield* load(process, kmod, name))) isGood = false
  return isGood
}

/** module_load_and_warn() of src/shared/module-util.c: a module that is not there is told and no failure. */
function* load(process: Process, kmod: Kmod, name: string): Blocking<boolean> {
  const { needsModuleIndex } = process.system.bus.systemd.release
  if (needsModuleIndex && !process.exists(`/lib/modules/${process.kernel.record.release}/modules.dep.bin`)) {
    process.complain(`Failed to look up module alias '${name}': ${strerror('ENOSYS')}\n`)
    return false
  }
  const found = kmod.lookup(name)
  if (found.length === 0) process.complain(`Failed to find module '${name}'\n`)
  let isGood = true
  for (const module of found) if (!(yield* insert(process, kmod, module))) isGood = false
  return isGood
}

function* insert(process: Process, kmod: Kmod, module: FoundModule): Blocking<boolean> {
  if (module.isBuiltin) process.complain(`Module '${module.name}' is built in\n`)
  if (module.isBuiltin || kmod.isInKernel(module)) return true
  if (kmod.config.blacklist.has(module.name)) {
    process.complain(`Module '${module.name}' is deny-listed\n`)
    return true
  }
  try {
    yield* kmod.probe(module, { isApplyingBlacklist: true })
    process.complain(`Inserted module '${module.name}'\n`)
    return true
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    process.complain(`Failed to insert module '${module.name}': ${strerror(error.errno)}\n`)
    return error.errno === 'ENODEV' || error.errno === 'ENOENT'
  }
}

import { KernelError, strerror } from '../../src/host/errno.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { confFiles, searchConfFile } from './conf-files.ts'
import { program } from './getopt.ts'
import { type FoundModule, Kmod } from './libkmod.ts'

const DIRECTORIES = [
  '/etc/modules-load.d',
  '/run/modules-load.d',
  '/usr/local/lib/modules-load.d',
  '/usr/lib/modules-load.d',
]

/** systemd-modules-load(8): every line of modules-load.d, and `modules_load=` of the kernel's command line. */
export const systemdModulesLoad = program(
  { options: [], unsimulated: ['h'], hint: '' },
  function* (process, options) {
    const kmod = new Kmod(process)
    let isGood = true
    if (options.operands.length === 0) {
      isGood = yield* loadAll(process, kmod, namedOnCommandLine(process))
      for (const file of confFiles(process, DIRECTORIES))
        if (!(yield* applyFile(process, kmod, { file, isOptional: true }))) isGood = false
    }
    for (const file of options.operands)
      if (!(yield* applyFile(process, kmod, { file, isOptional: false }))) isGood = false
    return isGood ? 0 : 1
  },
)

const namedOnCommandLine = (process: Process): readonly string[] =>
  process.kernel.record.cmdline
    .split(/\s+/)
    .flatMap(word => /^(?:rd\.)?modules[-_]load=(.*)$/.exec(word)?.[1]?.split(',') ?? [])

/** apply_file() of src/modules-load/modules-load.c. */
function* applyFile(
  process: Process,
  kmod: Kmod,
  { file, isOptional }: { readonly file: string; readonly isOptional: boolean },
): Blocking<boolean> {
  try {
    return yield* loadAll(process, kmod, moduleLines(searchConfFile(process, file, DIRECTORIES).text))
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    if (isOptional && error.errno === 'ENOENT') return true
    process.complain(`Failed to open ${file}: ${strerror(error.errno)}\n`)
    return false
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

import { KernelError, strerror } from '../../src/host/errno.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { confFiles } from './conf-files.ts'
import { Kmod } from './libkmod.ts'

const DIRECTORIES = [
  '/etc/modules-load.d',
  '/run/modules-load.d',
  '/usr/local/lib/modules-load.d',
  '/usr/lib/modules-load.d',
]

/** systemd-modules-load(8): every line of modules-load.d, and `modules_load=` of the kernel's command line. */
export function* systemdModulesLoad(process: Process): Blocking<number> {
  const kmod = new Kmod(process)
  const words = process.kernel.record.cmdline.split(/\s+/)
  const named = words.flatMap(word => /^(?:rd\.)?modules[-_]load=(.*)$/.exec(word)?.[1]?.split(',') ?? [])
  const listed = confFiles(process, DIRECTORIES).flatMap(path => moduleLines(process.readText(path)))
  let exitCode = 0
  for (const name of [...named, ...listed]) if (!(yield* load(process, kmod, name))) exitCode = 1
  return exitCode
}

const moduleLines = (text: string): readonly string[] =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !/^[#;]/.test(line))

/** module_load_and_warn() of src/shared/module-util.c: a module that is not there is told and no failure. */
function* load(process: Process, kmod: Kmod, name: string): Blocking<boolean> {
  const found = kmod.lookup(name)
  if (found.length === 0) {
    process.complain(`Failed to find module '${name}'\n`)
    return true
  }
  let isLoaded = true
  for (const module of found) {
    try {
      if (kmod.isInKernel(module)) continue
      if (kmod.config.blacklist.has(module.name)) process.complain(`Module '${module.name}' is deny-listed\n`)
      else {
        yield* kmod.probe(module, { isApplyingBlacklist: true })
        process.complain(`Inserted module '${module.name}'\n`)
      }
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      process.complain(`Failed to insert module '${module.name}': ${strerror(error.errno)}\n`)
      isLoaded = false
    }
  }
  return isLoaded
}

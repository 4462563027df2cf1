import type { Facts } from '../facts/index.ts'
import { type ModuleFact, moduleName } from '../facts/kernel-modules.ts'
import { MODULES_LOAD_FILE } from '../facts/modules-load.ts'
import type { OsRelease } from '../facts/os-release.ts'
import { contentLines, type FileState, run } from '../facts/replies.ts'
import type { Failure } from '../failure.ts'
import { fileStep, unreadable } from '../file-step.ts'
import type { Phase, Step } from '../phase.ts'

const NAME = 'kernel-modules'

/** Modules that the node needs: live now, and loaded at boot by systemd-modules-load. */
export const kernelModules: Phase = {
  name: NAME,
  plan(facts, config) {
    const { ours } = facts.modulesLoad
    const wanted = modulesAtBoot(facts.kernelModules, config.modulesLoad)
    const failures = [
      ...facts.kernelModules.flatMap(module => missing(module, facts)),
      ...blacklisted(facts, wanted),
      ...[unreadable(MODULES_LOAD_FILE, ours)].filter(failure => failure !== undefined),
    ]
    if (failures.length > 0) return { steps: [], notes: [], failures }
    const unwanted = facts.kernelModules.filter(isOnlyEffect).map(module => module.name)
    return {
      steps: [
        ...fileSteps(facts, wanted, config.modulesLoad === 'always' ? [] : unwanted),
        ...facts.kernelModules.filter(module => module.source === 'loadable' && !module.isLive).map(loadStep),
      ],
      notes: notes(facts.kernelModules, config.modulesLoad),
      failures: [],
    }
  },
}

/** It works, and no module of this host's could bring it: typical of a container on a host that has it. */
const isOnlyEffect = ({ source, hasEffect }: ModuleFact): boolean =>
  hasEffect && (source === 'missing' || source === 'unknown')

/** What belongs into modules-load.d: what is compiled in needs no line. */
export const modulesAtBoot = (modules: readonly ModuleFact[], when: 'auto' | 'always'): readonly string[] =>
  modules
    .filter(({ source }) => source === 'loadable' || (when === 'always' && source !== 'builtin'))
    .map(({ name }) => name)

function missing(module: ModuleFact, { kernel, osRelease }: Facts): readonly Failure[] {
  if (module.hasEffect || module.source === 'builtin' || module.source === 'loadable') return []
  if (module.source === 'unknown') {
    return [{ reason: 'program-missing', program: 'modprobe', neededFor: `to load ${module.name}` }]
  }
  return [
    {
      reason: 'module-missing',
      module: module.name,
      directory: `/lib/modules/${kernel.release}`,
      kernel: kernel.release,
      package: modulePackage(osRelease, kernel.release),
    },
  ]
}

/** The package that holds the modules of a kernel. */
function modulePackage({ id, idLike }: OsRelease, release: string): string | undefined {
  const known = [id, ...idLike].find(name => name in PACKAGES)
  return known === undefined ? undefined : PACKAGES[known]?.replace('RELEASE', release)
}

const PACKAGES: Readonly<Record<string, string>> = {
  debian: 'linux-image-RELEASE',
  ubuntu: 'linux-modules-extra-RELEASE',
  fedora: 'kernel-modules-RELEASE',
  rhel: 'kernel-modules-RELEASE',
}

/** systemd-modules-load honours the blacklist; modprobe, told a module's own name, does not. */
const blacklisted = ({ modulesLoad }: Facts, wanted: readonly string[]): readonly Failure[] =>
  modulesLoad.blacklisted
    .filter(({ module }) => wanted.includes(module))
    .map(({ module, file, line }) => ({ reason: 'module-blacklisted', module, file, line }))

function fileSteps(facts: Facts, wanted: readonly string[], unwanted: readonly string[]): readonly Step[] {
  const { ours: before, directoryExists } = facts.modulesLoad
  const after = moduleList(before, wanted, unwanted)
  if (before.isThere ? before.text === after : after === '') return []
  return [fileStep(NAME, { path: MODULES_LOAD_FILE, before, after, directoryExists })]
}

/** The file with the wanted modules in it and the unwanted ones not; every other line stays. */
function moduleList(before: FileState, wanted: readonly string[], unwanted: readonly string[]): string {
  const text = before.isThere ? before.text : ''
  const kept = text.split('\n').filter(line => !unwanted.includes(moduleName(line.trim())))
  const listed = new Set(contentLines(text).map(line => moduleName(line.text)))
  const added = wanted.filter(name => !listed.has(name))
  const start = kept.join('\n')
  return `${start}${start === '' || start.endsWith('\n') ? '' : '\n'}${added.map(name => `${name}\n`).join('')}`
}

const loadStep = ({ name }: ModuleFact): Step => ({
  phase: NAME,
  title: `load the kernel module ${name}`,
  requests: [run('modprobe', name)],
})

const notes = (modules: readonly ModuleFact[], when: 'auto' | 'always'): readonly string[] =>
  modules.flatMap(module => {
    if (module.source === 'builtin') return [`${module.name} is compiled into the kernel`]
    if (!isOnlyEffect(module)) return []
    const listing = when === 'always' ? 'listed all the same' : 'not listed in modules-load.d'
    return [
      `${module.name} works although it cannot be loaded here, the kernel being another machine's; ${listing}`,
    ]
  })

import type { NodeConfig } from '../../config/node-config.ts'
import type { Facts } from '../facts/index.ts'
import { sysctlValue } from '../facts/sysctl.ts'
import type { SysctlLoader } from '../failure.ts'
import { filesOf } from '../phases/sysctl.ts'
import { decidingAssignment, hostLoaders } from '../sysctl-loaders.ts'
import type { Check } from '../verify.ts'
import { type Checker, check, skipped } from './check.ts'

/** Whether all of it would still be so after a reboot. */
export const reboot: Checker = (facts, config) => [
  ...modules(facts),
  ...sysctls(facts, config),
  ...enabled(facts),
]

const modules = (facts: Facts): readonly Check[] =>
  facts.kernelModules.map(({ name, source, hasEffect }) => {
    const title = `${name} is there after a reboot`
    if (source === 'builtin') return check(title, true, 'compiled in')
    const listed = facts.modulesLoad.listed.find(one => one.module === name)
    if (source === 'loadable') {
      return check(
        title,
        listed !== undefined,
        listed ? `listed in ${listed.file}` : 'not listed in modules-load.d',
      )
    }
    return hasEffect
      ? skipped(title, 'the kernel belongs to another machine, which brings the module')
      : check(title, false, 'the module cannot be loaded')
  })

/** systemd-sysctl decides at boot, `sysctl --system` whenever somebody runs it. */
function sysctls(facts: Facts, config: NodeConfig): readonly Check[] {
  const ours = facts.sysctlFiles.ours
  const loaders = hostLoaders(facts.sysctlFiles.procpsMajor).toReversed()
  return Object.entries(config.sysctls).flatMap(([key, wanted]) =>
    loaders.map(loader => {
      const deciding = decidingAssignment(
        loader,
        key,
        filesOf(loader.name, facts, ours.isThere ? ours.text : ''),
      )
      const found = deciding === undefined ? 'no file sets it' : `${deciding.file}, line ${deciding.line}`
      const passes = deciding?.value === sysctlValue(wanted)
      return check(`${key} is ${wanted} ${WHEN[loader.name]}`, passes, found)
    }),
  )
}

const WHEN: Readonly<Record<SysctlLoader, string>> = {
  'systemd-sysctl': 'after a reboot',
  'sysctl --system': 'after sysctl --system',
}

function enabled(facts: Facts): readonly Check[] {
  const unit = facts.units.containerd
  const state = unit?.unitFileState ?? ''
  const passes = state !== '' && !['disabled', 'enabled-runtime', 'masked'].includes(state)
  return [
    check(
      'containerd starts at boot',
      passes,
      `${unit?.id ?? 'containerd.service'} is ${state || 'not there'}`,
    ),
  ]
}

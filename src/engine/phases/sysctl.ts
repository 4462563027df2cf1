import type { NodeConfig } from '../../config/node-config.ts'
import { encodeText } from '../../host/surrogate-escape.ts'
import type { Facts } from '../facts/index.ts'
import type { ConfigurationFile } from '../facts/modules-load.ts'
import type { FileState } from '../facts/replies.ts'
import { normalizeSysctlKey, type SysctlFact, sysctlValue } from '../facts/sysctl.ts'
import { SYSCTL_CONF, SYSCTL_FILE } from '../facts/sysctl-files.ts'
import type { Failure, SysctlLoader } from '../failure.ts'
import { fileStep, unreadable } from '../file-step.ts'
import type { Phase, Step } from '../phase.ts'
import { decidingAssignment, hostLoaders, sysctlAssignments } from '../sysctl-loaders.ts'

const NAME = 'sysctl'

/** Sysctls that the node needs: in the kernel now, and in a file that wins whenever files are loaded. */
export const sysctl: Phase = {
  name: NAME,
  plan(facts, config) {
    const { ours: before, directoryExists } = facts.sysctlFiles
    const after = sysctlFileText(before, config.sysctls)
    const failures = [
      ...[unreadable(SYSCTL_FILE, before)].filter(failure => failure !== undefined),
      ...overrides(facts, config, after),
      ...facts.sysctl.flatMap(fact => unknownKey(fact, facts)),
    ]
    if (failures.length > 0) return { steps: [], notes: [], failures }
    const change = { path: SYSCTL_FILE, before, after, directoryExists }
    return {
      steps: [
        ...(before.isThere && before.text === after ? [] : [fileStep(NAME, change)]),
        ...facts.sysctl.flatMap(fact => setSteps(fact, config.sysctls[fact.key] ?? '')),
      ],
      notes: [],
      failures: [],
    }
  },
}

/** Lines that assign one of our keys get our value; keys that no line assigns are added. Everything else stays. */
export function sysctlFileText(before: FileState, wanted: Readonly<Record<string, string>>): string {
  const text = before.isThere ? before.text : ''
  const lines = text.split('\n')
  const missing = new Map(Object.entries(wanted))
  for (const { line, path, value } of sysctlAssignments({ path: SYSCTL_FILE, text })) {
    const key = Object.keys(wanted).find(name => normalizeSysctlKey(name) === path)
    if (key === undefined) continue
    missing.delete(key)
    if (value !== sysctlValue(wanted[key] ?? '')) lines[line - 1] = `${key} = ${wanted[key]}`
  }
  const width = Math.max(...[...missing.keys()].map(key => key.length))
  const start = lines.join('\n')
  const added = [...missing].map(([key, value]) => `${key.padEnd(width)} = ${value}\n`).join('')
  return `${start}${start === '' || start.endsWith('\n') || added === '' ? '' : '\n'}${added}`
}

/** The files as they are going to be, in the order in which a loader reads them. */
export function filesOf(loader: SysctlLoader, facts: Facts, ours: string): readonly ConfigurationFile[] {
  const { dropIns, sysctlConf } = facts.sysctlFiles
  const own = { path: SYSCTL_FILE, text: ours }
  const others = dropIns.filter(file => baseName(file.path) !== baseName(SYSCTL_FILE))
  const files = [...others, own].sort((a, b) => (baseName(a.path) < baseName(b.path) ? -1 : 1))
  if (loader === 'systemd-sysctl' || !sysctlConf.isThere) return files
  return [...files, { path: SYSCTL_CONF, text: sysctlConf.text }]
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Lines of other files that win over ours; one failure a line, even where it wins under both loaders. */
function overrides(facts: Facts, config: NodeConfig, ours: string): readonly Failure[] {
  const found = new Map<string, Extract<Failure, { reason: 'sysctl-overridden' }>>()
  for (const loader of hostLoaders(facts.sysctlFiles.procpsMajor)) {
    const files = filesOf(loader.name, facts, ours)
    for (const [key, wanted] of Object.entries(config.sysctls)) {
      const deciding = decidingAssignment(loader, key, files)
      if (deciding === undefined || deciding.value === sysctlValue(wanted)) continue
      const { file, line, key: assignedKey, value: assigned = 'nothing' } = deciding
      const id = `${file}:${line}:${key}`
      const loaders = [...(found.get(id)?.loaders ?? []), loader.name]
      const what = { key, wanted, file, line, assignedKey, assigned, loaders }
      found.set(id, { reason: 'sysctl-overridden', ...what })
    }
  }
  return [...found.values()]
}

/** A key that the kernel does not have, when no module is still to be loaded that could bring it. */
function unknownKey({ key, path, errno }: SysctlFact, facts: Facts): readonly Failure[] {
  if (errno === undefined) return []
  if (errno !== 'ENOENT') return [{ reason: 'file-unreadable', file: path, errno }]
  const canCome = facts.kernelModules.some(module => module.source === 'loadable' && !module.isLive)
  return canCome ? [] : [{ reason: 'sysctl-missing', key, path }]
}

function setSteps({ key, path, value }: SysctlFact, wanted: string): readonly Step[] {
  if (value === sysctlValue(wanted)) return []
  const title = `set ${key} to ${wanted}${value === undefined ? '' : ` (is ${value})`}`
  return [{ phase: NAME, title, requests: [{ kind: 'write', path, content: encodeText(`${wanted}\n`) }] }]
}

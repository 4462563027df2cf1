import { confFiles } from '../bin/conf-files.ts'
import { fnmatch } from '../formats/fnmatch.ts'
import { splitWords } from '../formats/unit-file.ts'
import type { Process } from '../process.ts'
import { templateOf } from './unit-path.ts'

/** systemd.preset(5), of the system manager. */
const DIRECTORIES = [
  '/etc/systemd/system-preset',
  '/run/systemd/system-preset',
  '/usr/local/lib/systemd/system-preset',
  '/usr/lib/systemd/system-preset',
]

interface Rule {
  readonly isEnabling: boolean
  readonly pattern: string
  readonly instances: readonly string[]
}

/** What the preset files want of a unit; without a line about it, it is to be enabled. */
export type Preset = 'enabled' | 'disabled'

/** The preset files of a machine at one moment: the first line that fits a unit counts. */
export class Presets {
  /** Lines that say nothing that can be understood. */
  readonly complaints: readonly string[]
  readonly #rules: readonly Rule[]

  constructor(process: Process) {
    const rules: Rule[] = []
    const complaints: string[] = []
    for (const path of confFiles(process, DIRECTORIES, '.preset'))
      for (const [index, text] of process.readText(path).split('\n').entries()) {
        const line = text.trim()
        if (line === '' || /^[#;]/.test(line)) continue
        const rule = ruleOf(line)
        if (rule !== undefined) rules.push(rule)
        else complaints.push(`${path}:${index + 1}: Couldn't parse line '${line}'. Ignoring.`)
      }
    this.#rules = rules
    this.complaints = complaints
  }

  /** unit_file_query_preset() of src/shared/install.c. */
  of(unit: string): Preset {
    const rule = this.#rules.find(each => fits(each, unit))
    return rule === undefined || rule.isEnabling ? 'enabled' : 'disabled'
  }
}

function ruleOf(line: string): Rule | undefined {
  const [verb, pattern, ...instances] = splitWords(line)
  if ((verb !== 'enable' && verb !== 'disable') || pattern === undefined || /^[#;]/.test(line))
    return undefined
  return { isEnabling: verb === 'enable', pattern, instances }
}

/** pattern_match_multiple_instances(): `enable foo@.service a b` is about these instances. */
function fits({ pattern, instances }: Rule, unit: string): boolean {
  if (fnmatch(pattern, unit)) return true
  const template = templateOf(unit)
  if (template === undefined || instances.length === 0) return false
  const instance = unit.slice(unit.indexOf('@') + 1, unit.lastIndexOf('.'))
  return fnmatch(pattern, template) && instances.includes(instance)
}

import type { Map as PersistentMap } from 'immutable'
import { Map as EmptyMap } from 'immutable'
import type { UnitRecord } from '../../src/format/image.ts'
import { DEAD, type UnitConfig, type UnitRuntime } from './state.ts'

/** What of the manager the boot asks. */
interface BootManager {
  config(name: string): UnitConfig
}

export interface BootParts {
  readonly manager: BootManager
  readonly recorded: ReadonlyMap<string, UnitRecord>
  isOfImage(path: string): boolean
}

export interface BootPlan {
  /** Units that came up as the recorder saw them. */
  readonly recordedRuntimes: PersistentMap<string, UnitRuntime>
  /** Units whose start is played through. */
  readonly toStart: readonly string[]
}

/** Units of the image whose programs are modelled: their start is never taken from the recording. */
const MODELLED = /^(?:systemd-modules-load|systemd-sysctl|containerd|kubelet)\.service$/

/**
 * The transaction of default.target, divided: what the image recorded as active, is unchanged on disk and is not
 * modelled here (journald, udev, logind, mounts …) is as it was; all else is started by its own unit.
 */
export function bootUnits(parts: BootParts): BootPlan {
  const wanted = closure(parts.manager, 'default.target')
  const runtimes = new Map<string, UnitRuntime>()
  const toStart: string[] = []
  for (const config of wanted.values()) {
    if (isAsRecorded(config, parts)) runtimes.set(config.id, runtimeOf(parts.recorded.get(config.id)))
    else if (isStartable(config)) toStart.push(config.id)
  }
  for (const record of parts.recorded.values()) {
    // Pulled in by sockets, mounts and generators rather than by a link: nobody can have disabled it.
    const isDynamic = !['enabled', 'enabled-runtime'].includes(record.unitFileState)
    if (isDynamic && !wanted.has(record.id) && isUp(record) && !MODELLED.test(record.id))
      runtimes.set(record.id, runtimeOf(record))
  }
  return { recordedRuntimes: EmptyMap(runtimes), toStart }
}

const isUp = (record: UnitRecord | undefined): boolean =>
  record?.activeState === 'active' || record?.activeState === 'activating'

const runtimeOf = (record: UnitRecord | undefined): UnitRuntime =>
  record === undefined || !isUp(record)
    ? DEAD
    : { ...DEAD, activeState: 'active', subState: record.subState, conditionResult: true }

function isAsRecorded(config: UnitConfig, parts: BootParts): boolean {
  if (MODELLED.test(config.id) || !parts.recorded.has(config.id)) return false
  return [config.fragmentPath, ...config.dropInPaths].every(path => path === '' || parts.isOfImage(path))
}

const isStartable = (config: UnitConfig): boolean =>
  config.loadState === 'loaded' && (config.service !== undefined || config.id.endsWith('.target'))

/** Everything that a target requires or wants, by id. */
function closure(manager: BootManager, target: string): ReadonlyMap<string, UnitConfig> {
  const found = new Map<string, UnitConfig>()
  const visit = (name: string): void => {
    const config = manager.config(name)
    if (found.has(config.id)) return
    found.set(config.id, config)
    const { Requires = [], BindsTo = [], Wants = [] } = config.dependencies
    for (const other of [...Requires, ...BindsTo, ...Wants]) visit(other)
  }
  visit(target)
  return found
}

import { Unsimulated } from '../../src/host/host.ts'
import { parseBoolean } from '../formats/unit-file.ts'
import { isCapable } from '../kernel/credentials.ts'
import type { Process } from '../process.ts'
import type { Condition } from './state.ts'

/** Where conditions are looked at. */
export interface ConditionHost {
  /** PID 1. */
  readonly process: Process
  /** What systemd-detect-virt(1) says: `docker`, `qemu`, `none`. */
  readonly virtualization: string
}

type Check = (process: Process, value: string, host: ConditionHost) => boolean

const statOf = (process: Process, path: string): ReturnType<Process['stat']> | undefined =>
  process.exists(path) ? process.stat(path) : undefined

const isDirectoryNotEmpty: Check = (process, path) =>
  statOf(process, path)?.type === 'directory' && process.readdir(path).length > 0

/** Conditions of systemd.unit(5), "Conditions and Asserts", by what follows `Condition` or `Assert`. */
const CHECKS: Readonly<Record<string, Check>> = {
  PathExists: (process, path) => process.exists(path),
  PathIsDirectory: (process, path) => statOf(process, path)?.type === 'directory',
  PathIsSymbolicLink: (process, path) => process.exists(path) && process.lstat(path).type === 'symlink',
  PathIsMountPoint: (process, path) => process.kernel.mounts.at(path) !== undefined,
  PathIsReadWrite: (process, path) => process.canAccess(path, 'write'),
  DirectoryNotEmpty: isDirectoryNotEmpty,
  FileNotEmpty: (process, path) => (statOf(process, path)?.sizeBytes ?? 0) > 0,
  FileIsExecutable: (process, path) =>
    statOf(process, path)?.type === 'file' && process.canAccess(path, 'execute'),
  PathExistsGlob: (process, pattern) => matchesGlob(process, pattern),
  Virtualization: (_process, value, { virtualization }) => isVirtualization(virtualization, value),
  Architecture: (process, value) =>
    value === 'native' || value === process.kernel.record.machine.replace('_', '-'),
  Capability: (process, name) => isCapable(process.credentials, name.toLowerCase()),
  KernelCommandLine: (process, word) =>
    process.kernel.record.cmdline
      .split(/\s+/)
      .some(argument => argument === word || argument.startsWith(`${word}=`)),
  Host: (process, name) => process.kernel.uts.value.nodename === name,
  User: (_, name) => name === 'root' || name === '0' || name === '@system',
  ControlGroupController: (process, names) =>
    names
      .split(/\s+/)
      .every(
        name => name === 'v1' || name === 'v2' || process.kernel.record.cgroup.controllers.includes(name),
      ),
  FirstBoot: (_, value) => parseBoolean(value) === false,
  Security: () => false,
  ACPower: (_, value) => parseBoolean(value) === true,
}

/** detect-virt's words for containers: container_table of src/basic/virt.c. */
const CONTAINERS =
  /^(?:systemd-nspawn|lxc|lxc-libvirt|openvz|docker|podman|rkt|wsl|proot|pouch|container-other)$/

function isVirtualization(found: string, wanted: string): boolean {
  const isAny = parseBoolean(wanted)
  if (isAny !== undefined) return (found !== 'none') === isAny
  if (wanted === 'container') return CONTAINERS.test(found)
  if (wanted === 'vm') return found !== 'none' && !CONTAINERS.test(found)
  if (wanted === 'private-users') return false
  return found === wanted
}

/** glob(7) with wildcards in the last name only. */
function matchesGlob(process: Process, pattern: string): boolean {
  const directory = pattern.slice(0, pattern.lastIndexOf('/')) || '/'
  if (/[*?[]/.test(directory)) throw new Unsimulated('systemd', `ConditionPathExistsGlob=${pattern}`)
  const source = pattern
    .slice(pattern.lastIndexOf('/') + 1)
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const matcher = new RegExp(`^${source}$`)
  return (
    statOf(process, directory)?.type === 'directory' &&
    process.readdir(directory).some(name => matcher.test(name))
  )
}

export interface UnmetCondition {
  /** `ConditionPathExists=!/etc/nologin`, as the journal has it. */
  readonly text: string
  /** None of those with `|` held. */
  readonly isTrigger: boolean
}

/** The first that does not hold of the conditions, or of the asserts; undefined when the unit may start. */
export function unmetCondition(
  host: ConditionHost,
  conditions: readonly Condition[],
  kind: 'Condition' | 'Assert',
): UnmetCondition | undefined {
  const own = conditions.filter(({ name }) => name.startsWith(kind))
  const isTrigger = ({ value }: Condition): boolean => value.startsWith('|')
  const failed = own.filter(condition => !isTrigger(condition)).find(condition => !holds(host, condition))
  if (failed !== undefined) return { text: `${failed.name}=${failed.value}`, isTrigger: false }
  const triggers = own.filter(isTrigger)
  const last = triggers.at(-1)
  if (last === undefined || triggers.some(condition => holds(host, condition))) return undefined
  return { text: `${last.name}=${last.value}`, isTrigger: true }
}

function holds(host: ConditionHost, condition: Condition): boolean {
  const kind = condition.name.replace(/^(?:Condition|Assert)/, '')
  const [, isNegated, value = ''] = /^\|?(!?)\s*(.*)$/.exec(condition.value) ?? []
  const check = Object.hasOwn(CHECKS, kind) ? CHECKS[kind] : undefined
  if (check === undefined) throw new Unsimulated('systemd', `${condition.name}=`)
  return check(host.process, value, host) !== (isNegated === '!')
}

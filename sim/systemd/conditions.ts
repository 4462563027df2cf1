import { Unsimulated } from '../../src/host/host.ts'
import { parseBoolean } from '../formats/unit-file.ts'
import { isCapable } from '../kernel/credentials.ts'
import type { Process } from '../process.ts'
import type { Condition } from './state.ts'

type Check = (process: Process, value: string) => boolean

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

/** The first condition that does not hold, as the journal names it; undefined when the unit may start. */
export function unmetCondition(process: Process, conditions: readonly Condition[]): string | undefined {
  const triggers = conditions.filter(condition => condition.value.startsWith('|'))
  const failed = conditions
    .filter(condition => !condition.value.startsWith('|'))
    .find(condition => !holds(process, condition))
  if (failed !== undefined) return `${failed.name}=${failed.value}`
  const last = triggers.at(-1)
  if (last === undefined || triggers.some(condition => holds(process, condition))) return undefined
  return `${last.name}=${last.value}`
}

function holds(process: Process, condition: Condition): boolean {
  const kind = condition.name.replace(/^(?:Condition|Assert)/, '')
  const [, isNegated, value = ''] = /^\|?(!?)\s*(.*)$/.exec(condition.value) ?? []
  const check = Object.hasOwn(CHECKS, kind) ? CHECKS[kind] : undefined
  if (check === undefined) throw new Unsimulated('systemd', `${condition.name}=`)
  return check(process, value) !== (isNegated === '!')
}

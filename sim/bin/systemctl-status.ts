import { Unsimulated } from '../../src/host/host.ts'
import type { SystemdRelease } from '../formats/systemd-release.ts'
import { splitWords } from '../formats/unit-file.ts'
import type { Process } from '../process.ts'
import { shortLine } from './journalctl.ts'
import { isUtf8, type SystemctlCall, warnOfReload } from './systemctl-call.ts'
import { relativeTime, timeSpan } from './systemctl-time.ts'
import { hasPreset } from './systemctl-unit-files.ts'

type Get = (name: string) => string

/** `systemctl status`: 0 active, 3 not, 4 no such unit; of several units what the first bad one has. */
export function status(call: SystemctlCall): number {
  if (call.names.length === 0) throw new Unsimulated('systemctl', 'status without a unit')
  let exitCode = 0
  for (const [index, name] of call.names.entries()) {
    if (index > 0) call.process.print('\n')
    const code = statusOf(call, call.systemd.fullName(name))
    if (exitCode === 0) exitCode = code
  }
  return exitCode
}

function statusOf(call: SystemctlCall, unit: string): number {
  const { process, systemd } = call
  const properties = systemd.properties(unit)
  const get: Get = name => properties[name] ?? ''
  if (get('LoadState') === 'not-found' && get('ActiveState') === 'inactive') {
    process.complain(`Unit ${unit} could not be found.\n`)
    return 4
  }
  const lines = [
    `${dot(call, get('ActiveState'))} ${get('Id')}${get('Description') === get('Id') ? '' : ` - ${get('Description')}`}`,
    `     Loaded: ${loaded(get, systemd.release)}`,
    ...dropIns(process, get('DropInPaths')),
    ...active(call, get),
    ...job(get),
    ...invocation(get),
    ...documentation(get('Documentation')),
    ...processLines(call, get),
    ...controlGroup(call, get),
  ]
  process.print(lines.map(line => `${line}\n`).join(''))
  printJournal(call, get)
  warnOfReload(call, unit)
  return ['active', 'reloading'].includes(get('ActiveState')) ? 0 : 3
}

/** unit_active_state_to_glyph(), where the locale has it. */
function dot({ process, systemd }: SystemctlCall, state: string): string {
  if (!systemd.release.hasStatusMarks) return isUtf8(process) ? '●' : '*'
  if (!isUtf8(process)) return state === 'failed' ? 'x' : '*'
  const glyphs: Readonly<Record<string, string>> = { failed: '×', inactive: '○', reloading: '↻' }
  return glyphs[state] ?? '●'
}

/** What follows the name of the D-Bus error in LoadError is the reason. */
function loaded(get: Get, { presetLabel }: SystemdRelease): string {
  const reason = /"(.*)"$/.exec(get('LoadError'))?.[1]
  if (reason !== undefined) return `${get('LoadState')} (Reason: ${reason})`
  const path = get('FragmentPath')
  const state = get('UnitFileState')
  if (path === '') return get('LoadState')
  const preset = get('UnitFilePreset')
  const wanted = hasPreset(state) && preset !== '' ? `; ${presetLabel}: ${preset}` : ''
  return `${get('LoadState')} (${path}${state === '' ? '' : `; ${state}`}${wanted})`
}

/** Drop-ins by directory, in the order in which they are read. */
function dropIns(process: Process, paths: string): readonly string[] {
  const groups: { directory: string; names: string[] }[] = []
  for (const path of paths.split(' ').filter(word => word !== '')) {
    const at = path.lastIndexOf('/')
    const directory = path.slice(0, at)
    if (groups.at(-1)?.directory !== directory) groups.push({ directory, names: [] })
    groups.at(-1)?.names.push(path.slice(at + 1))
  }
  return groups.flatMap(({ directory, names }, index) => [
    `${index === 0 ? '    Drop-In: ' : INDENT}${directory}`,
    `${INDENT}${corner(process)}${names.join(', ')}`,
  ])
}

const INDENT = ' '.repeat(13)
const corner = (process: Process): string => (isUtf8(process) ? '└─' : '`-')
const branch = (process: Process): string => (isUtf8(process) ? '├─' : '|-')

/** Which of the unit's timestamps tells since when it is in its state. */
const SINCE: Readonly<Record<string, string>> = {
  active: 'ActiveEnter',
  reloading: 'ActiveEnter',
  inactive: 'InactiveEnter',
  failed: 'InactiveEnter',
  activating: 'InactiveExit',
  deactivating: 'ActiveExit',
}

function active({ process, systemd }: SystemctlCall, get: Get): readonly string[] {
  const [state, sub, result] = [get('ActiveState'), get('SubState'), get('Result')]
  const words = `${state}${sub === state ? '' : ` (${sub})`}${['', 'success'].includes(result) ? '' : ` (Result: ${result})`}`
  const kind = SINCE[state] ?? 'ActiveExit'
  const since = monotonicUs(get, kind)
  if (since === 0) return [`     Active: ${words}`]
  const ago = relativeTime(process.clock.monotonicNs / 1e3 - since)
  const line = `     Active: ${words} since ${get(`${kind}Timestamp`)}; ${ago}`
  const [entered, left] = [monotonicUs(get, 'ActiveEnter'), monotonicUs(get, 'ActiveExit')]
  const isOver = (state === 'inactive' || state === 'failed') && !get('Id').endsWith('.target')
  if (!systemd.release.hasStatusMarks || !isOver || entered === 0 || left < entered) return [line]
  return [line, `   Duration: ${timeSpan(left - entered, 1e3)}`]
}

/** The job that waits or runs; versions that do not tell have no such property. */
const job = (get: Get): readonly string[] => (get('Job') === '' ? [] : [`        Job: ${get('Job')}`])

const invocation = (get: Get): readonly string[] =>
  get('InvocationID') === '' ? [] : [` Invocation: ${get('InvocationID')}`]

const monotonicUs = (get: Get, kind: string): number => Number(get(`${kind}TimestampMonotonic`))

const documentation = (links: string): readonly string[] =>
  splitWords(links).map((link, index) => `${index === 0 ? '       Docs: ' : INDENT}${link}`)

function processLines({ systemd, process }: SystemctlCall, get: Get): readonly string[] {
  const statuses = systemd.execStatuses(get('Id'))
  const lines = statuses.flatMap(({ kind, argv, pid, exitWords }) =>
    exitWords === undefined ? [] : [`    Process: ${pid} ${kind}=${argv.join(' ')} (${exitWords})`],
  )
  const isShown = (pid: number): boolean =>
    pid !== 0 &&
    !statuses.some(one => one.pid === pid && one.exitWords !== undefined && one.kind !== 'ExecStart')
  const comm = (pid: number): string => {
    const record = process.kernel.processes.get(pid)
    return record === undefined ? '' : ` (${record.comm})`
  }
  const mainPid = Number(get('ExecMainPID'))
  const control = Number(get('ControlPID'))
  const words = statuses.find(({ pid }) => pid === mainPid)?.exitWords
  const parts: string[] = []
  if (isShown(mainPid))
    parts.push(`   Main PID: ${mainPid}${words === undefined ? comm(mainPid) : ` (${words})`}`)
  if (isShown(control))
    parts.push(`${parts.length > 0 ? '; Control PID: ' : '  Cntrl PID: '}${control}${comm(control)}`)
  if (parts.length > 0) lines.push(parts.join(''))
  if (get('StatusText') !== '') lines.push(`     Status: "${get('StatusText')}"`)
  return lines
}

function controlGroup({ systemd, process }: SystemctlCall, get: Get): readonly string[] {
  const pids = [...systemd.processes(get('Id'))].sort((a, b) => a - b)
  const records = pids.flatMap(pid => process.kernel.processes.get(pid) ?? [])
  const [first] = records
  if (first === undefined) return []
  const width = String(pids.at(-1)).length
  const rows = records.map(({ pid, argv }, index) => {
    const mark = index === records.length - 1 ? corner(process) : branch(process)
    return `${INDENT}${mark}${String(pid).padStart(width)} ${argv.join(' ')}`
  })
  return [`     CGroup: ${first.cgroup}`, ...rows]
}

/** show_journal_by_unit(): the last lines since the unit was last started. */
function printJournal({ process, options }: SystemctlCall, get: Get): void {
  const sinceNs = monotonicUs(get, 'InactiveExit') * 1e3
  const count = Number(options.value('lines') ?? '10')
  const entries = process.system.bus.journal.entries.filter(
    entry => entry.unit === get('Id') && Math.floor(entry.monotonicNs / 1e3) * 1e3 >= sinceNs,
  )
  const shown = count === 0 ? [] : entries.slice(-count)
  if (shown.length > 0) process.print(`\n${shown.map(entry => `${shortLine(entry)}\n`).join('')}`)
}

import type { Blocking } from '../scheduler.ts'
import { shortLine } from './journalctl.ts'
import { isUtf8, type SystemctlCall, warnOfReload } from './systemctl.ts'

/** `systemctl status`: 0 active, 3 not, 4 no such unit. */
export function* status(call: SystemctlCall): Blocking<number> {
  const codes: number[] = []
  for (const name of call.names) {
    if (codes.length > 0) call.process.print('\n')
    codes.push(statusOf(call, call.systemd.fullName(name)))
  }
  return codes.find(code => code !== 0) ?? 0
}

function statusOf(call: SystemctlCall, unit: string): number {
  const { process, systemd } = call
  const properties = systemd.properties(unit)
  const get = (name: string): string => properties[name] ?? ''
  if (get('LoadState') === 'not-found' && get('ActiveState') === 'inactive') {
    process.complain(`Unit ${unit} could not be found.\n`)
    return 4
  }
  warnOfReload(call, unit)
  const title = get('Description') === unit ? unit : `${unit} - ${get('Description')}`
  const lines = [
    `${dot(isUtf8(process), get('ActiveState'))} ${title}`,
    `     Loaded: ${loaded(get)}`,
    `     Active: ${active(call, get)}`,
  ]
  lines.push(...processLines(call, unit, get))
  process.print(`${lines.join('\n')}\n`)
  const entries = process.system.bus.journal.entries
    .filter(entry => entry.unit === unit)
    .slice(-Number(call.options.value('lines') ?? '10'))
  if (entries.length > 0) process.print(`\n${entries.map(entry => `${shortLine(entry)}\n`).join('')}`)
  return get('ActiveState') === 'active' ? 0 : 3
}

type Get = (name: string) => string

function dot(isUnicode: boolean, state: string): string {
  if (state === 'failed') return isUnicode ? '×' : 'x'
  if (!isUnicode) return '*'
  return state === 'inactive' ? '○' : '●'
}

function loaded(get: Get): string {
  if (get('LoadState') === 'masked') return `masked (Reason: Unit ${get('Id')} is masked.)`
  if (get('LoadState') === 'bad-setting')
    return `bad-setting (Reason: Unit ${get('Id')} has a bad unit file setting.)`
  const state = get('UnitFileState')
  // The vendor preset of Debian enables everything (90-systemd.preset ends in `enable *` by default).
  const preset = state === 'enabled' || state === 'disabled' ? '; preset: enabled' : ''
  return `${get('LoadState')} (${get('FragmentPath')}${state === '' ? '' : `; ${state}`}${preset})`
}

function active({ process }: SystemctlCall, get: Get): string {
  const [state, sub] = [get('ActiveState'), get('SubState')]
  const isFailed = state === 'failed' || (sub === 'auto-restart' && get('Result') !== 'success')
  const detail =
    state === 'failed'
      ? `(Result: ${get('Result')})`
      : isFailed
        ? `(${sub}) (Result: ${get('Result')})`
        : `(${sub})`
  const since = get('StateChangeTimestamp')
  if (since === '') return `${state} ${detail}`
  return `${state} ${detail} since ${since}; ${ago(process.clock.realtimeSeconds, since)} ago`
}

/** How long ago a timestamp of this machine was, in its roughest words. */
function ago(now: number, since: string): string {
  const [, hours = '0', minutes = '0', seconds = '0'] = /(\d\d):(\d\d):(\d\d)/.exec(since) ?? []
  const then = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  const passed = ((((now % 86_400) - then) % 86_400) + 86_400) % 86_400
  return passed < 60
    ? `${Math.floor(passed)}s`
    : passed < 3600
      ? `${Math.floor(passed / 60)}min ${Math.floor(passed % 60)}s`
      : `${Math.floor(passed / 3600)}h ${Math.floor((passed / 60) % 60)}min`
}

function processLines({ systemd, process }: SystemctlCall, unit: string, get: Get): readonly string[] {
  const lines: string[] = []
  if (get('Documentation') !== '')
    lines.push(`       Docs: ${get('Documentation').split(' ').join('\n             ')}`)
  const mainPid = Number(get('ExecMainPID'))
  for (const { kind, argv, pid, exitWords } of systemd.execStatuses(unit))
    if (
      exitWords !== undefined &&
      !(pid === mainPid && get('Type') !== 'oneshot' && get('ActiveState') === 'inactive')
    )
      lines.push(`    Process: ${pid} ${kind}=${argv.join(' ')} (${exitWords})`)
  const main = systemd.execStatuses(unit).find(({ pid, kind }) => pid === mainPid && kind === 'ExecStart')
  const record = process.kernel.processes.get(mainPid)
  if (record !== undefined) lines.push(`   Main PID: ${mainPid} (${record.comm})`)
  else if (main?.exitWords !== undefined)
    lines.push(
      `   Main PID: ${mainPid} (${main.exitWords.replace(/status=\d+\/(\w+)\)?$/, whole => (main.exitWords?.startsWith('code=killed') ? `signal=${whole.replace(/^.*\//, '')}` : whole))})`,
    )
  if (record !== undefined)
    lines.push(
      `     CGroup: ${record.cgroup}`,
      `             ${isUtf8(process) ? '└─' : '`-'}${mainPid} ${record.argv.join(' ')}`,
    )
  return lines
}

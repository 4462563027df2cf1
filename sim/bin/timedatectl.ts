import { Unsimulated } from '../../src/host/host.ts'
import { closest } from '../formats/closest.ts'
import { strftime } from '../formats/strftime.ts'
import type { Process } from '../process.ts'
import type { ParsedOptions } from './getopt.ts'
import { complainOfError, systemdProgram } from './systemd-program.ts'

const LOCALTIME = '/etc/localtime'
const ZONEINFO = '/usr/share/zoneinfo/'
const NTP_UNIT = 'systemd-timesyncd.service'

/** Zones that are UTC by another name: those of tzdata's `backward` file. */
const UTC_ZONES = new Set('UTC UCT Universal Zulu Etc/UTC Etc/UCT Etc/Universal Etc/Zulu'.split(' '))

const VERBS =
  'status show set-time set-timezone list-timezones set-local-rtc set-ntp timesync-status show-timesync ntp-servers revert'.split(
    ' ',
  )

/** timedatectl(1), with systemd-timedated behind it. The clock is the machine's; it is never synchronised. */
export const timedatectl = systemdProgram(
  {
    options: ['no-pager', 'no-ask-password', 'p,property:', 'value', 'a,all'],
    unsimulated: ['h', 'H,host:', 'M,machine:', 'adjust-system-clock', 'monitor', 'P:'],
  },
  (process, options) => {
    const [verb = 'status', ...operands] = options.operands
    if (!VERBS.includes(verb)) return unknownVerb(process, verb)
    if (operands.length > (verb.startsWith('set-') ? 1 : 0))
      return complainOfError(process, 'Too many arguments.')
    const [value = ''] = operands
    if (verb === 'status') return status(process)
    if (verb === 'show') return show(process, options)
    if (verb === 'set-timezone' && value !== '') return setTimezone(process, value)
    if (verb === 'set-ntp' && value !== '') return setNtp(process, value)
    throw new Unsimulated('timedatectl', verb)
  },
)

function unknownVerb(process: Process, verb: string): number {
  if (!process.system.bus.systemd.release.suggestsVerbs)
    return complainOfError(process, `Unknown command verb ${verb}.`)
  const meant = closest(VERBS, verb)
  const hint = meant === undefined ? '.' : `, did you mean '${meant}'?`
  return complainOfError(process, `Unknown command verb '${verb}'${hint}`)
}

/** get_timezone() of src/basic/time-util.c: what the link points to. */
function zoneOf(process: Process): string {
  if (!process.exists(LOCALTIME)) return 'UTC'
  const target = process.readlink(LOCALTIME)
  const at = target.indexOf('zoneinfo/')
  const zone = at < 0 ? target : target.slice(at + 'zoneinfo/'.length)
  if (!UTC_ZONES.has(zone)) throw new Unsimulated('timedatectl', `the time zone ${zone}`)
  return zone
}

const timeText = (process: Process): string => strftime('%a %Y-%m-%d %H:%M:%S', process.clock.realtimeSeconds)

/** print_status_info(). */
function status(process: Process): number {
  const now = timeText(process)
  const rows: readonly (readonly [string, string])[] = [
    ['Local time', `${now} UTC`],
    ['Universal time', `${now} UTC`],
    ['RTC time', process.exists('/dev/rtc') ? now : 'n/a'],
    ['Time zone', `${zoneOf(process)} (UTC, +0000)`],
    ['System clock synchronized', 'no'],
    ['NTP service', ntpState(process)],
    ['RTC in local TZ', 'no'],
  ]
  const width = Math.max(...rows.map(([name]) => name.length)) + 1
  process.print(rows.map(([name, value]) => `${`${name}:`.padStart(width)} ${value}\n`).join(''))
  return 0
}

function ntpState({ system }: Process): string {
  const { LoadState, ActiveState = '' } = system.bus.systemd.properties(NTP_UNIT)
  return LoadState === 'loaded' ? ActiveState : 'n/a'
}

function show(process: Process, options: ParsedOptions): number {
  const ntp = ntpState(process)
  const rows: readonly (readonly [string, string])[] = [
    ['Timezone', zoneOf(process)],
    ['LocalRTC', 'no'],
    ['CanNTP', ntp === 'n/a' ? 'no' : 'yes'],
    ['NTP', ntp === 'active' ? 'yes' : 'no'],
    ['NTPSynchronized', 'no'],
    ['TimeUSec', `${timeText(process)} UTC`],
    ...(process.exists('/dev/rtc') ? [['RTCTimeUSec', `${timeText(process)} UTC`] as const] : []),
  ]
  const wanted = options.values('property').flatMap(list => list.split(','))
  for (const [name, value] of rows)
    if (wanted.length === 0 || wanted.includes(name))
      process.print(options.has('value') ? `${value}\n` : `${name}=${value}\n`)
  return 0
}

/** context_write_data_timezone() of src/timedate/timedated.c, and Debian's /etc/timezone where the release still has it. */
function setTimezone(process: Process, zone: string): number {
  if (!process.exists(`${ZONEINFO}${zone}`))
    return complainOfError(process, `Failed to set time zone: Invalid or not installed time zone '${zone}'`)
  if (!UTC_ZONES.has(zone)) throw new Unsimulated('timedatectl', `the time zone ${zone}`)
  if (process.exists(LOCALTIME)) process.unlink(LOCALTIME)
  process.symlink(`..${ZONEINFO}${zone}`, LOCALTIME)
  if (process.system.bus.systemd.release.writesEtcTimezone) process.writeFile('/etc/timezone', `${zone}\n`)
  return 0
}

function setNtp({ system }: Process, value: string): number {
  const isOn = ['true', 'yes', '1', 'on', 'y', 't'].includes(value)
  if (!isOn && !['false', 'no', '0', 'off', 'n', 'f'].includes(value))
    throw new Unsimulated('timedatectl', `set-ntp ${value}`)
  const { systemd } = system.bus
  if (isOn) systemd.enable([NTP_UNIT])
  else systemd.disable([NTP_UNIT])
  systemd.enqueue(isOn ? 'start' : 'stop', NTP_UNIT)
  return 0
}

import { Unsimulated } from '../../src/host/host.ts'
import type { Shutdown, SystemdManager } from '../bus.ts'
import { strftime } from '../formats/strftime.ts'
import type { Process } from '../process.ts'
import type { OptionSpec, ParsedOptions } from './getopt.ts'
import { systemdProgram } from './systemd-program.ts'

export type PowerKind = Shutdown['kind']

/** What still runs after the machine was told to end: as long as PID 1 takes to stop it. */
const GRACE_NS = 50e6

/** Starts reboot.target, poweroff.target or halt.target; what runs is ended soon after. */
export function endMachine({ systemd, clock }: PowerCall, kind: PowerKind): number {
  systemd.shutdown = { kind, atNs: clock.monotonicNs + GRACE_NS, isReached: false }
  return 0
}

interface PowerCall {
  readonly systemd: SystemdManager
  readonly clock: Process['clock']
}

const callOf = (process: Process): PowerCall => ({
  systemd: process.system.bus.systemd,
  clock: process.clock,
})

function tooMany(process: Process): number {
  process.complain('Too many arguments.\n')
  return 1
}

const HALT_OPTIONS: OptionSpec = {
  options: ['halt', 'p,poweroff', 'reboot', 'no-wall', 'n,no-sync', 'd,no-wtmp'],
  unsimulated: ['f,force', 'w,wtmp-only', 'no-warn', 'h'],
}

/** halt(8), poweroff(8) and reboot(8): halt_parse_argv() of src/systemctl/systemctl-compat-halt.c. */
const haltProgram = (name: PowerKind) =>
  systemdProgram(HALT_OPTIONS, (process: Process, options: ParsedOptions) => {
    const kind = kindOf(options.last('halt', 'poweroff', 'reboot')) ?? name
    const { length } = options.operands
    if (length > (kind === 'reboot' ? 1 : 0)) return tooMany(process)
    if (length > 0) throw new Unsimulated(process.name, 'an argument for the boot loader')
    return endMachine(callOf(process), kind)
  })

const kindOf = (word: string | undefined): PowerKind | undefined =>
  word === 'halt' || word === 'poweroff' || word === 'reboot' ? word : undefined

const HOUR_AND_MINUTE = /^(\d{1,2}):(\d\d)$/

/** shutdown(8): shutdown_parse_argv() of src/systemctl/systemctl-compat-shutdown.c. */
const shutdown = systemdProgram(
  {
    options: ['H,halt', 'P,poweroff', 'r,reboot', 'h', 'k', 'no-wall', 'c', 'show', 'quiet'],
    unsimulated: ['a:', 't:', 'f', 'F', 'K', 'show-environment'],
  },
  (process, options) => {
    const call = callOf(process)
    if (options.has('show')) return show(process, call)
    if (options.has('c')) {
      call.systemd.shutdown = undefined
      return 0
    }
    const last = options.last('halt', 'poweroff', 'reboot', 'h')
    const kind = last === 'h' ? 'poweroff' : (kindOf(last) ?? 'poweroff')
    const [time = '+1'] = options.operands
    const inSeconds = secondsUntil(process, time)
    if (inSeconds === undefined) {
      process.complain(`Failed to parse time specification: ${time}\n`)
      return 1
    }
    if (inSeconds === 0 && !options.has('k')) return endMachine(call, kind)
    const atNs = process.clock.monotonicNs + inSeconds * 1e9
    const planned: Shutdown = { kind, atNs, isReached: false }
    if (!options.has('quiet')) process.complain(scheduled(process, planned))
    // -k only says so to everybody who is logged in: nobody is.
    if (!options.has('k')) call.systemd.shutdown = planned
    return 0
  },
)

function show(process: Process, { systemd }: PowerCall): number {
  const planned = systemd.shutdown
  process.complain(planned === undefined ? 'No scheduled shutdown.\n' : scheduled(process, planned))
  return planned === undefined ? 1 : 0
}

/** logind_show_shutdown(). */
function scheduled({ clock }: Process, { kind, atNs }: Shutdown): string {
  const seconds = clock.realtimeSeconds + (atNs - clock.monotonicNs) / 1e9
  const time = strftime('%a %Y-%m-%d %H:%M:%S UTC', seconds)
  return `${kind === 'reboot' ? 'Reboot' : 'Shutdown'} scheduled for ${time}, use 'shutdown -c' to cancel.\n`
}

/** parse_shutdown_time_spec(): `now`, minutes, or a time of day, today or tomorrow. */
function secondsUntil({ clock }: Process, text: string): number | undefined {
  if (text === 'now' || text === '+0' || text === '0') return 0
  const minutes = /^\+?(\d+)$/.exec(text)?.[1]
  if (minutes !== undefined) return Number(minutes) * 60
  const [, hour, minute] = HOUR_AND_MINUTE.exec(text) ?? []
  if (hour === undefined || Number(hour) > 23 || Number(minute) > 59) return undefined
  const [now, day] = [clock.realtimeSeconds, 86_400]
  const at = Math.floor(now / day) * day + Number(hour) * 3600 + Number(minute) * 60
  return at > now ? at - now : at + day - now
}

/** systemctl by its other names: they reboot the machine, or end it. */
export const POWER_PROGRAMS = {
  halt: haltProgram('halt'),
  poweroff: haltProgram('poweroff'),
  reboot: haltProgram('reboot'),
  shutdown,
}

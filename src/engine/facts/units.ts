import type { Fact } from './fact.ts'
import { run, said } from './replies.ts'

/** A service as systemd has it. */
export interface UnitFact {
  readonly id: string
  /** `loaded`, `not-found`, `masked`. */
  readonly loadState: string
  /** `active`, `activating`, `inactive`, `failed`. */
  readonly activeState: string
  readonly subState: string
  /** `enabled`, `disabled`, `static`, `masked`; empty where there is no unit file. */
  readonly unitFileState: string
  /** 0: none runs. */
  readonly mainPid: number
  /** When the main process was started, by CLOCK_MONOTONIC, in microseconds; with the PID it names one process. */
  readonly startedMonotonic: number
  /** The same as seconds since the epoch, cut to whole seconds; undefined when it never was started. */
  readonly startedSeconds?: number
  /** The unit files changed after systemd read them. */
  readonly needsDaemonReload: boolean
}

export interface Units {
  /** Undefined where systemd does not answer. */
  readonly containerd?: UnitFact
  readonly kubelet?: UnitFact
}

const SERVICES = ['containerd.service', 'kubelet.service'] as const
const PROPERTIES = [
  'Id',
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'MainPID',
  'ExecMainStartTimestamp',
  'ExecMainStartTimestampMonotonic',
  'NeedDaemonReload',
]

export const units: Fact<Units> = {
  name: 'units',
  requests: () => [
    // Timestamps are printed in the local time zone; in UTC they can be read back.
    {
      ...run('systemctl', 'show', `--property=${PROPERTIES.join(',')}`, ...SERVICES),
      env: { TZ: 'UTC' },
    },
  ],
  parse: ([shown]) => {
    const answer = said(shown)
    const blocks = answer?.exitCode === 0 ? answer.stdout.trim().split(/\n\n+/) : []
    const [containerd, kubelet] = SERVICES.map(service =>
      blocks.map(unitOf).find(unit => unit.id === service),
    )
    return {
      ...(containerd !== undefined && { containerd }),
      ...(kubelet !== undefined && { kubelet }),
    }
  },
}

function unitOf(block: string): UnitFact {
  const fields = new Map(
    block.split('\n').map(line => {
      const at = line.indexOf('=')
      return [line.slice(0, at), line.slice(at + 1)] as const
    }),
  )
  const field = (name: string) => fields.get(name) ?? ''
  const startedSeconds = secondsOf(field('ExecMainStartTimestamp'))
  return {
    id: field('Id'),
    loadState: field('LoadState'),
    activeState: field('ActiveState'),
    subState: field('SubState'),
    unitFileState: field('UnitFileState'),
    mainPid: Number(field('MainPID')) || 0,
    startedMonotonic: Number(field('ExecMainStartTimestampMonotonic')) || 0,
    ...(startedSeconds !== undefined && { startedSeconds }),
    needsDaemonReload: field('NeedDaemonReload') === 'yes',
  }
}

/** `Mon 2026-11-23 01:02:03 UTC` as seconds since the epoch: the proleptic Gregorian calendar, counted by hand. */
function secondsOf(timestamp: string): number | undefined {
  const match = /(\d+)-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d) UTC$/.exec(timestamp)
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number)
  return ((daysFromCivil(year, month, day) * 24 + hour) * 60 + minute) * 60 + second
}

/** Days since 1970-01-01; the year starts in March here, so that the leap day is its last. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719468
}

import { digestOf } from '../host/digest.ts'
import { encodeText } from '../host/surrogate-escape.ts'
import type { UnitFact } from './facts/units.ts'

/**
 * How the engine knows what a running service has loaded. Asking the service is no use: `containerd config dump` reads
 * the files and answers without any daemon.
 *
 * The stamp is written right before a restart. It says which process is about to be replaced, and the digest of the
 * files that its successor will find. So, later on: if that same process still runs, the restart did not happen. If
 * another one runs and the files still have that digest, it was started after the stamp and has loaded what is on
 * disk, whoever started it and however often. Being written before, not after, it needs nothing that is known only
 * after the restart, is plain data, and loses nothing when the run is cut off between any two requests.
 */
export interface Stamp {
  /** Of everything that the service reads when it starts. */
  readonly digest: string
  /** The process that was running when the stamp was written; 0 and 0 for none. */
  readonly supersedes: ProcessIdentity
}

/** A process for good: a PID alone can be used again. */
export interface ProcessIdentity {
  readonly pid: number
  readonly startedMonotonic: number
}

export type StampedService = 'containerd' | 'kubelet'

/** On a tmpfs: a reboot takes the stamps along with the processes that they speak of. */
export const STAMP_DIRECTORY = '/run/seatrial'

export const stampPath = (service: StampedService): string => `${STAMP_DIRECTORY}/${service}.json`

/** The main process of a unit; 0 and 0 when none runs. */
export const mainProcess = (unit: UnitFact | undefined): ProcessIdentity =>
  unit === undefined || unit.mainPid === 0
    ? { pid: 0, startedMonotonic: 0 }
    : { pid: unit.mainPid, startedMonotonic: unit.startedMonotonic }

export const isSameProcess = (a: ProcessIdentity, b: ProcessIdentity): boolean =>
  a.pid === b.pid && a.startedMonotonic === b.startedMonotonic

/** A file that a service reads when it starts. */
export interface LoadedFile {
  readonly path: string
  readonly text: string
  /** Undefined when the file is about to be written. */
  readonly ctimeSeconds: number | undefined
}

/** The digest of a release and of all files, whatever their order. */
export function loadDigest(release: string, files: readonly LoadedFile[]): string {
  const lines = files.map(({ path, text }) => `${digestOf(encodeText(text))} ${path}\n`).sort()
  return digestOf(encodeText(`${release}\n${lines.join('')}`))
}

export const formatStamp = (stamp: Stamp): string => `${JSON.stringify(stamp)}\n`

/** The stamp that stands in a text; undefined when it is none. */
export function parseStamp(text: string): Stamp | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isStamp(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isStamp(value: unknown): value is Stamp {
  if (typeof value !== 'object' || value === null) return false
  const { digest, supersedes } = value as { digest?: unknown; supersedes?: unknown }
  if (typeof digest !== 'string' || typeof supersedes !== 'object' || supersedes === null) return false
  const { pid, startedMonotonic } = supersedes as { pid?: unknown; startedMonotonic?: unknown }
  return typeof pid === 'number' && typeof startedMonotonic === 'number'
}

export interface LoadQuestion {
  readonly unit: UnitFact
  readonly stamp: Stamp | undefined
  /** The release that is installed. */
  readonly release: string
  /** What the service would read if it started now, the files of its unit included. */
  readonly files: readonly LoadedFile[]
}

/** Why a running service must be restarted to have loaded what is on disk; undefined when it has. */
export function staleReason({ unit, stamp, release, files }: LoadQuestion): string | undefined {
  const running = mainProcess(unit)
  if (stamp !== undefined) {
    if (isSameProcess(running, stamp.supersedes))
      return 'it still runs as it did before its configuration changed'
    if (stamp.digest === loadDigest(release, files)) return undefined
  }
  const started = unit.startedSeconds
  const newer = files.find(
    file => started === undefined || file.ctimeSeconds === undefined || file.ctimeSeconds >= started,
  )
  return newer === undefined ? undefined : `${newer.path} is newer than the running process`
}

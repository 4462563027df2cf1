import type { ErrnoName } from '../../src/host/errno.ts'
import { isAtLeast, upstreamVersion } from '../formats/package-version.ts'
import type { Process } from '../process.ts'

/** What a release of procps does otherwise than the others: src/sysctl.c of 3.3.17, 4.0.2 and 4.0.4; 4.0.7 as recorded. */
export interface ProcpsRelease {
  readonly version: string
  /** 4.0: settings are gathered from all files first, names may be globs, and a failure counts 1 and not -1. */
  readonly isGathering: boolean
  /** What is said of a key that nobody may write; undefined is whatever failed before. */
  readonly errnoOfReadOnly: ErrnoName | undefined
  /** Whether such a key is a failure. */
  readonly isReadOnlyFailing: boolean
  /** Whether `-key = value` ignores a value that the kernel refuses. */
  readonly isIgnoringRefusal: boolean
  /** What `--names` echoes of a key that was set. */
  readonly echoedName: 'key' | 'value'
  /** Whether --system is done when it is read: what follows it on the command line is not. */
  readonly isSystemImmediate: boolean
}

/** The release that a machine's package is of. */
export function procpsRelease(process: Process): ProcpsRelease {
  const version = upstreamVersion(process.system.packageVersion('procps') ?? '')
  const isSince = (wanted: string): boolean => isAtLeast(version, wanted)
  return {
    version,
    isGathering: isSince('4.0'),
    // realpath(3) before it leaves EINVAL behind (readlink(2) of what is no link) in 4.0.2.
    errnoOfReadOnly: isSince('4.0.4') ? 'EPERM' : isSince('4.0') ? 'EINVAL' : undefined,
    isReadOnlyFailing: isSince('4.0.7'),
    isIgnoringRefusal: isSince('4.0.7'),
    echoedName: isSince('4.0') && !isSince('4.0.4') ? 'value' : 'key',
    isSystemImmediate: !isSince('4.0.7'),
  }
}

import { isAtLeast, upstreamVersion } from '../formats/package-version.ts'
import type { Process } from '../process.ts'

/** What a release of util-linux does otherwise than the others; recorded of 2.36, 2.38, 2.41 and 2.42. */
export interface UtilLinuxRelease {
  readonly version: string
  /** What libmount was built with, as `mount --version` lists it. */
  readonly libmountFeatures: string
  /** mount(8) says where the kernel's own words are. */
  readonly hasDmesgHint: boolean
  /** libmount mounts by fsopen(2) and its kin, whose log has words of the kernel. */
  readonly isUsingFsContext: boolean
  /** What mountpoint(1) exits with for a directory that is none. */
  readonly statusOfNoMountpoint: number
  /** Whether a table is as wide as the header that is not shown. */
  readonly isHiddenHeaderWide: boolean
  /** Whether an object of JSON has each field in a line of its own. */
  readonly isJsonSpread: boolean
  /** Whether `umount -R` begins at the lowest of several mounts at a place, and so takes them all. */
  readonly isUnmountingStack: boolean
}

const FEATURES: readonly (readonly [since: string, features: string])[] = [
  [
    '2.42',
    'selinux, smack, btrfs, verity, namespaces, idmapping, fd-based-mount, statmount, statx, fanotify, udev, assert, debug',
  ],
  [
    '2.41',
    'selinux, smack, btrfs, verity, namespaces, idmapping, fd-based-mount, statmount, statx, assert, debug',
  ],
  ['2.38', 'selinux, smack, btrfs, verity, namespaces, assert, debug'],
  ['0', 'selinux, smack, btrfs, namespaces, assert, debug'],
]

/** The release that a machine's package is of. */
export function utilLinuxRelease(process: Process): UtilLinuxRelease {
  const version = upstreamVersion(process.system.packageVersion('util-linux') ?? '')
  const isSince = (wanted: string): boolean => isAtLeast(version, wanted)
  return {
    version,
    libmountFeatures: FEATURES.find(([since]) => isSince(since))?.[1] ?? '',
    hasDmesgHint: isSince('2.38'),
    isUsingFsContext: isSince('2.41'),
    statusOfNoMountpoint: isSince('2.38') ? 32 : 1,
    isHiddenHeaderWide: !isSince('2.41'),
    isJsonSpread: isSince('2.38'),
    isUnmountingStack: isSince('2.41'),
  }
}

/** What a program of util-linux says of its version; those with libmount say what that was built with. */
export function printVersion(process: Process, name: string, isWithLibmount = false): number {
  const { version, libmountFeatures } = utilLinuxRelease(process)
  const library = isWithLibmount ? ` (libmount ${version}: ${libmountFeatures})` : ''
  process.print(`${name} from util-linux ${version}${library}\n`)
  return 0
}

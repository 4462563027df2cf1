/** What differs between the versions of systemd that Debian 11 (247), 12 (252), 13 (257) and 14 (262) have. */
export interface SystemdRelease {
  /** Of the package: 252. */
  readonly version: number
  /** Where the packages' units are, as PID 1 names the place. */
  readonly vendorPath: '/lib/systemd/system' | '/usr/lib/systemd/system'
  /** StatusUnitFormat= is `combined` for the journal: `Started x.service - Description`. */
  readonly namesUnits: boolean
}

/** The capabilities of a version; one between two that were looked at counts as the older of them. */
export function systemdRelease(version: number): SystemdRelease {
  return {
    version,
    // Debian 13 is the first that is built for a merged /usr.
    vendorPath: version >= 257 ? '/usr/lib/systemd/system' : '/lib/systemd/system',
    namesUnits: version >= 252,
  }
}

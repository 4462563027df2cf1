/** What differs between the versions of systemd that Debian 11 (247), 12 (252), 13 (257) and 14 (262) have. */
export interface SystemdRelease {
  /** Of the package: 252. */
  readonly version: number
  /** Where the packages' units are, as PID 1 names the place. */
  readonly vendorPath: '/lib/systemd/system' | '/usr/lib/systemd/system'
  readonly words: SystemdWords
  /** `systemctl status`: marks by state instead of one mark, and how long a unit was up. */
  readonly hasStatusMarks: boolean
  /** A column of list-unit-files, and what stands in the `Loaded:` line. */
  readonly presetLabel: 'vendor preset' | 'preset'
  /** What the small programs say of a mistake is red, on whatever terminal (log_show_color()). */
  readonly hasRedErrors: boolean
}

/** Sentences that were worded anew. */
export interface SystemdWords {
  /** StatusUnitFormat= is `combined` in the journal: `Started x.service - Description`. */
  readonly namesUnits: boolean
  readonly deactivated: string
  /** `%u` is the unit, `%c` the condition. */
  readonly skipped: string
  readonly skippedByTriggers: string
  readonly reloading: string
  /** `%k` is the directive, `%s` its section. */
  readonly unknownKey: string
  readonly removed: (path: string) => string
  /** Where a failed start says that the journal tells more. */
  readonly journalHint: (unit: string) => string
  /** Who logs in the name of a child that does not get to its program: systemd, or the program in parentheses. */
  readonly childIdentifier: (program: string) => string
}

const WORDS_247: SystemdWords = {
  namesUnits: false,
  deactivated: 'Succeeded.',
  skipped: 'Condition check resulted in %u being skipped.',
  skippedByTriggers: 'Condition check resulted in %u being skipped.',
  reloading: 'Reloading %u.',
  unknownKey: "Unknown key name '%k' in section '%s', ignoring.",
  removed: path => `Removed ${path}.`,
  journalHint: () => 'journalctl -xe',
  childIdentifier: () => 'systemd',
}

const WORDS_252: SystemdWords = {
  namesUnits: true,
  deactivated: 'Deactivated successfully.',
  skipped: '%u was skipped because of an unmet condition check (%c).',
  skippedByTriggers: '%u was skipped because no trigger condition checks were met.',
  reloading: 'Reloading %u...',
  unknownKey: "Unknown key '%k' in section [%s], ignoring.",
  removed: path => `Removed "${path}".`,
  journalHint: unit => `journalctl -xeu ${unit}`,
  // The last eight letters of the name.
  childIdentifier: program => `(${program.slice(-8)})`,
}

/** The capabilities of a version; one between two that were looked at counts as the older of them. */
export function systemdRelease(version: number): SystemdRelease {
  const isOf12 = version >= 252
  const isOf13 = version >= 257
  return {
    version,
    // Debian 13 is the first that is built for a merged /usr.
    vendorPath: isOf13 ? '/usr/lib/systemd/system' : '/lib/systemd/system',
    words: isOf12 ? WORDS_252 : WORDS_247,
    hasStatusMarks: isOf12,
    presetLabel: isOf12 ? 'preset' : 'vendor preset',
    hasRedErrors: !isOf12,
  }
}

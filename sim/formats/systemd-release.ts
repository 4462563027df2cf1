import { type ErrnoName, strerror } from '../../src/host/errno.ts'

/** What differs between the versions of systemd that Debian 11 (247), 12 (252), 13 (257) and 14 (262) have. */
export interface SystemdRelease {
  /** Of the package: 252. */
  readonly version: number
  /** Where the packages' units are, as PID 1 names the place. */
  readonly vendorPath: '/lib/systemd/system' | '/usr/lib/systemd/system'
  readonly words: SystemdWords
  /** `systemctl status`: marks by state instead of one mark, and how long a unit was up. */
  readonly hasStatusMarks: boolean
  /** A slice without a description is called `Slice /a/b`. */
  readonly describesSlices: boolean
  /** A column of list-unit-files, and what stands in the `Loaded:` line. */
  readonly presetLabel: 'vendor preset' | 'preset'
  /** Questions about a unit that is not there end with 4, and is-enabled calls it `not-found`. */
  readonly hasNotFoundStatus: boolean
  /** `systemctl status` has the lines `Job:` and `Invocation:`. */
  readonly showsInvocation: boolean
  /** Below list-units: `LOAD   = …`, or `Legend: LOAD   -> …` and an empty line. */
  readonly legendStyle: 'equals' | 'arrows'
  /** NeedDaemonReload= sees drop-in directories that came since PID 1 looked last. */
  readonly seesNewDropIns: boolean
  /** An automatic restart is a start job: nothing says that the service was stopped. */
  readonly restartsByStartJob: boolean
  /** A start limit that is hit is the result, whatever made the service fail before. */
  readonly keepsStartLimitResult: boolean
  /** What counts towards StartLimitBurst= begins anew at a daemon-reload, which does not serialize it. */
  readonly reloadForgetsStarts: boolean
  /** A kill of all processes is told too: %g is the control group. */
  readonly killedWords: string | undefined
  /** Verbs of hostnamectl; the last ones came later. */
  readonly hostnameVerbs: readonly string[]
  /** What follows the chassis where it is a container. */
  readonly chassisGlyph: string
  readonly hostnameWidth: number
  /** hostnamed tells the kernel of a new name before it writes /etc/hostname. */
  readonly setsKernelNameFirst: boolean
  /** timedated of Debian keeps /etc/timezone. */
  readonly writesEtcTimezone: boolean
  /** systemd-modules-load says how many threads it has, and takes each name once. */
  readonly probesInThreads: boolean
  /** Its libkmod (28) looks nothing up where there is no index of modules. */
  readonly needsModuleIndex: boolean
  /** systemd-sysctl: whether a line that begins with `;` is a comment. */
  readonly hasSemicolonComments: boolean
  /** systemd-sysctl says what a glob leaves out. */
  readonly tellsExplicitSettings: boolean
  /** Programs name themselves by their base name where getopt(3) would say argv[0]. */
  readonly hasOwnGetopt: boolean
  /** systemd-fstab-generator says that its mounts come before local-fs.target, and names the source first. */
  readonly ordersGeneratedMounts: boolean
  /** journalctl says first when the journal begins and ends. */
  readonly hasJournalHeader: boolean
  /** Variables that a command line refers to and that are not set are told. */
  readonly tellsUnset: boolean
  /** Services without User= have USER in their environment. */
  readonly tellsUser: boolean
  /** `show` goes through the properties of all units before those of the type. */
  readonly showsCommonFirst: boolean
  /** `systemctl start` of several units is one request. */
  readonly enqueuesMany: boolean
  /** disable hints at a missing [Install] section, as enable does. */
  readonly hintsAtDisable: boolean
  /** An unknown verb is answered with one that it resembles. */
  readonly suggestsVerbs: boolean
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
  /** `Failed to run 'start' task`. */
  readonly failedTask: string
  /** `%w` is what a value should be, `%k` the directive, `%v` the value. */
  readonly unparsed: string
  readonly linked: (path: string, arrow: string, target: string) => string
  readonly removed: (path: string) => string
  /** systemd-sysctl of a file that is not there. */
  readonly unreadable: (file: string) => string
  readonly noUnitFile: (unit: string) => string
  /** Of a service whose user is not there. */
  readonly noUser: (user: string) => string
  readonly noGroup: (group: string) => string
  /** What the step fails with where there is no such user or group. */
  readonly noAccount: ErrnoName
  readonly noPath: (unit: string) => string
  readonly masked: (path: string) => string
  readonly exists: (path: string) => string
  readonly noInstallSection: string
  /** Where a failed start says that the journal tells more. */
  readonly journalHint: (unit: string) => string
  /** Who logs in the name of a child that does not get to its program: systemd, or the program in parentheses. */
  readonly childIdentifier: (program: string) => string
}

/** The end of a hint that was reworded at its beginning: install_info_follow(). */
const NO_INSTALL_REASONS = `* A unit's purpose may be to act as a helper for some other unit which has
  a requirement dependency on it.
* A unit may be started when needed via activation (socket, path, timer,
  D-Bus, udev, scripted systemctl call, ...).
* In case of template units, the unit is meant to be enabled with some
  instance name specified.
`

const NO_INSTALL_252 = `The unit files have no installation config (WantedBy=, RequiredBy=, Also=,
Alias= settings in the [Install] section, and DefaultInstance= for template
units). This means they are not meant to be enabled using systemctl.
 
Possible reasons for having this kind of units are:
* A unit may be statically enabled by being symlinked from another unit's
  .wants/ or .requires/ directory.
${NO_INSTALL_REASONS}`

const NO_INSTALL_257 = `The unit files have no installation config (WantedBy=, RequiredBy=, UpheldBy=,
Also=, or Alias= settings in the [Install] section, and DefaultInstance= for
template units). This means they are not meant to be enabled or disabled using systemctl.
 
Possible reasons for having these kinds of units are:
* A unit may be statically enabled by being symlinked from another unit's
  .wants/, .requires/, or .upholds/ directory.
${NO_INSTALL_REASONS}`

const WORDS_247: SystemdWords = {
  namesUnits: false,
  deactivated: 'Succeeded.',
  skipped: 'Condition check resulted in %u being skipped.',
  skippedByTriggers: 'Condition check resulted in %u being skipped.',
  reloading: 'Reloading %u.',
  unknownKey: "Unknown key name '%k' in section '%s', ignoring.",
  failedTask: 'Failed to run',
  unparsed: 'Failed to parse %w, ignoring: %v',
  linked: (path, arrow, target) => `Created symlink ${path} ${arrow} ${target}.`,
  removed: path => `Removed ${path}.`,
  unreadable: file => `Failed to open file '${file}', ignoring`,
  noUnitFile: unit => `Unit file ${unit} does not exist.`,
  noUser: () => `Failed to determine user credentials: ${strerror('ESRCH')}`,
  noGroup: () => `Failed to determine group credentials: ${strerror('ESRCH')}`,
  noAccount: 'ESRCH',
  noPath: unit => `Link argument does contain at least one directory separator: ${unit}`,
  masked: path => `Unit file ${path} is masked.`,
  exists: path => `File ${path} already exists.`,
  noInstallSection: NO_INSTALL_252,
  journalHint: () => 'journalctl -xe',
  childIdentifier: () => 'systemd',
}

const WORDS_252: SystemdWords = {
  ...WORDS_247,
  namesUnits: true,
  deactivated: 'Deactivated successfully.',
  skipped: '%u was skipped because of an unmet condition check (%c).',
  skippedByTriggers: '%u was skipped because no trigger condition checks were met.',
  reloading: 'Reloading %u...',
  unknownKey: "Unknown key '%k' in section [%s], ignoring.",
  removed: path => `Removed "${path}".`,
  noPath: unit =>
    `Link argument must contain at least one directory separator.\nIf you intended to link a file in the current directory, try ./${unit} instead.`,
  journalHint: unit => `journalctl -xeu ${unit}`,
  // The last eight letters of the name.
  childIdentifier: program => `(${program.slice(-8)})`,
}

const WORDS_257: SystemdWords = {
  ...WORDS_252,
  skipped: '%u skipped, unmet condition check %c',
  skippedByTriggers: '%u skipped, no trigger condition checks were met.',
  failedTask: 'Failed to spawn',
  unparsed: 'Failed to parse %k=%v, ignoring: %m',
  linked: (path, arrow, target) => `Created symlink '${path}' ${arrow} '${target}'.`,
  removed: path => `Removed '${path}'.`,
  noUnitFile: unit => `Unit ${unit} does not exist`,
  noPath: unit =>
    `Link argument must contain at least one directory separator.\nIf you intended to link a file in the current directory, try './${unit}' instead.`,
  masked: path => `Unit ${path} is masked`,
  exists: path => `File '${path}' already exists`,
  noInstallSection: NO_INSTALL_257,
}

const WORDS_262: SystemdWords = {
  ...WORDS_257,
  unreadable: file => `Failed to read '${file}'`,
  noUser: user => `Failed to determine credentials for user '${user}': Unknown user`,
  noGroup: group => `Failed to determine credentials for group '${group}': Unknown group`,
  noAccount: 'EINVAL',
}

const SET_VERBS = 'status set-hostname set-icon-name set-chassis set-deployment set-location'.split(' ')
const HOSTNAME_VERBS = [...SET_VERBS, 'icon-name', 'chassis', 'deployment', 'location']

/** The capabilities of a version; one between two that were looked at counts as the older of them. */
export function systemdRelease(version: number): SystemdRelease {
  const isOf12 = version >= 252
  const isOf13 = version >= 257
  const isOf14 = version >= 262
  return {
    version,
    // Debian 13 is the first that is built for a merged /usr.
    vendorPath: isOf13 ? '/usr/lib/systemd/system' : '/lib/systemd/system',
    words: isOf14 ? WORDS_262 : isOf13 ? WORDS_257 : isOf12 ? WORDS_252 : WORDS_247,
    hasStatusMarks: isOf12,
    describesSlices: isOf12,
    presetLabel: isOf12 ? 'preset' : 'vendor preset',
    hasNotFoundStatus: isOf13,
    showsInvocation: isOf13,
    legendStyle: isOf13 ? 'arrows' : 'equals',
    seesNewDropIns: isOf13,
    restartsByStartJob: isOf13,
    keepsStartLimitResult: isOf14,
    reloadForgetsStarts: !isOf13,
    killedWords: isOf14
      ? "Killed unit cgroup '%g' with %s on client request."
      : isOf13
        ? 'Killed unit cgroup with %s on client request.'
        : undefined,
    hostnameVerbs: isOf14
      ? [...HOSTNAME_VERBS, 'hostname', 'tags']
      : isOf12
        ? [...HOSTNAME_VERBS, 'hostname']
        : SET_VERBS,
    chassisGlyph: isOf14 ? ' 📦' : isOf12 ? ' ☐' : '',
    hostnameWidth: isOf12 ? 17 : 19,
    setsKernelNameFirst: !isOf12,
    writesEtcTimezone: !isOf12,
    probesInThreads: isOf14,
    needsModuleIndex: !isOf12,
    hasSemicolonComments: !isOf14,
    tellsExplicitSettings: !isOf12,
    hasOwnGetopt: isOf14,
    ordersGeneratedMounts: isOf12,
    hasJournalHeader: !isOf12,
    tellsUnset: isOf13,
    tellsUser: isOf13,
    showsCommonFirst: isOf14,
    enqueuesMany: isOf14,
    hintsAtDisable: isOf13,
    suggestsVerbs: isOf13,
    hasRedErrors: !isOf12,
  }
}

/** DEFAULT_PATH of src/basic/path-util.h: where /usr is merged /bin and /usr/bin are one. */
export const servicePath = ({ vendorPath }: SystemdRelease): string =>
  `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin${vendorPath.startsWith('/usr/') ? '' : ':/sbin:/bin'}`

import type { Catalogue } from './catalogue.ts'

/**
 * A host as it was found: the one format of base images and captures. Text that a person can read and diff; written
 * by a recorder, never by hand (`digest` tells).
 */
export interface Image {
  readonly format: 'seatrial-image'
  readonly version: 1
  /** `debian-12`: what follows `sim:`. */
  readonly name: string
  readonly provenance: Provenance
  readonly kernel: KernelRecord
  /** /proc/self/mountinfo of PID 1, in its order. */
  readonly mounts: readonly MountRecord[]
  /** Every path of the disk and of the tmpfs mounts, sorted bytewise, parents before children. See `FileLine`. */
  readonly files: readonly FileLine[]
  /** Content by digest (the same that stands in `files`). A digest that is missing here was not taken: *elided*. */
  readonly content: Readonly<Record<string, ContentRecord>>
  /** What systemd said of every unit it knew, settled. */
  readonly units: readonly UnitRecord[]
  readonly packages: readonly PackageRecord[]
  /** What programs said whose answer is data of the host: `containerd config default`, `containerd --version`. */
  readonly exchanges: readonly Exchange[]
  /** SHA-256 (hex) of the canonical JSON of all the other fields but `catalogue`. */
  readonly digest: string
  /** What its archive offers: a recording of its own, stored beside the images of the release. */
  readonly catalogue?: Catalogue
}

export interface Provenance {
  /** A machine with its own kernel, or a container on somebody's. */
  readonly kind: 'vm' | 'container'
  /** ISO 8601, UTC. */
  readonly recordedAt: string
  /** The command that made it. */
  readonly command: string
}

export interface KernelRecord {
  /** uname(2): sysname is always Linux. */
  readonly release: string
  readonly version: string
  readonly machine: string
  readonly nodename: string
  /** /proc/cmdline without its line end; empty in a container, where it is the machine's own matter. */
  readonly cmdline: string
  readonly cpuCount: number
  readonly memTotalKiB: number
  /** Whether PID 1 has CAP_SYS_MODULE and /proc/modules exists. */
  readonly canLoadModules: boolean
  /** Names in modules.builtin of the running release; undefined where there is no module directory. */
  readonly builtin?: readonly string[]
  /** Loadable modules by name, underscores not dashes; undefined where there is no module directory. */
  readonly modules?: Readonly<Record<string, ModuleRecord>>
  /** Rows of /proc/modules; undefined where there is no such file. */
  readonly live?: readonly LiveModuleRecord[]
  /** Names in /sys/module: live modules, and built-in ones that have a parameter or a version. */
  readonly sysModule?: readonly string[]
  /** Rows of /proc/filesystems: name, with `nodev` where it stands. */
  readonly filesystems: readonly { readonly name: string; readonly nodev: boolean }[]
  /** Every file below /proc/sys by its path there (`net/ipv4/ip_forward`). */
  readonly sysctl: Readonly<Record<string, SysctlRecord>>
  /** What holds the controllers: v2 alone, v1, or both. */
  readonly cgroup: { readonly mode: 'unified' | 'hybrid' | 'legacy'; readonly controllers: readonly string[] }
  /** Capabilities of PID 1, lower case with `cap_`. */
  readonly capabilities: readonly string[]
}

export interface SysctlRecord {
  /** Four octal digits. */
  readonly mode: string
  /** The bytes read, without the line end; undefined where it cannot be read. */
  readonly value?: string
  /** The errno of reading, where it cannot be read. */
  readonly errno?: string
  /**
   * How it reads what is written to it, found out by writing; undefined where these words do not say it whole:
   *
   *     int MIN MAX [below=OUTCOME] [above=OUTCOME]
   *     vector tab|space MIN:MAX,MIN:MAX… [partial=OUTCOME]     fewer numbers keep the rest, unless said otherwise
   *     string LENGTH
   *
   * An outcome is the errno (EINVAL where none is named), or `kept`: taken, and nothing changes.
   */
  readonly accepts?: string
  /** What a write that changes it sets besides, parted by commas: `net/ipv4/ip_forward` to the same, `vm/dirty_bytes=0` to 0. */
  readonly sets?: string
}

export interface ModuleRecord {
  /** Below the module directory, as modules.dep has it. */
  readonly path: string
  /** Direct dependencies, as `modinfo -F depends` has them. */
  readonly depends: readonly string[]
  readonly description?: string
  readonly aliases?: readonly string[]
  /** `softdep` fields, a line each: `pre: a b post: c`. */
  readonly softdep?: string
  readonly parameters?: readonly string[]
  /** What was seen when it was loaded; undefined where the recorder did not load it. */
  readonly loaded?: LoadedRecord
}

/** The difference that loading one module made, its dependencies being loaded before. */
export interface LoadedRecord {
  /** The size column of /proc/modules. */
  readonly sizeBytes: number
  readonly sysctl: Readonly<Record<string, SysctlRecord>>
  readonly filesystems: readonly { readonly name: string; readonly nodev: boolean }[]
}

export interface LiveModuleRecord {
  readonly name: string
  readonly sizeBytes: number
  readonly refcount: number
  /** Names in the fourth column. */
  readonly usedBy: readonly string[]
  readonly state: 'Live' | 'Loading' | 'Unloading'
}

export interface MountRecord {
  readonly source: string
  readonly target: string
  readonly root: string
  readonly fstype: string
  /** Per-mount options and superblock options, each as mountinfo has them. */
  readonly options: string
  readonly superOptions: string
  readonly majorMinor: string
}

/**
 * One path a line, the fields parted by a space:
 *
 *     TYPE MODE UID GID MTIME SIZE DIGEST PATH            TYPE is one of - d l c b p s, MODE four octal digits
 *     l 0777 0 0 1730000000 7 - /bin -> usr/bin           symlinks name their target
 *     c 0666 0 0 1730000000 1:3 - /dev/null               devices have major:minor for size
 *
 * DIGEST is the first 32 hex digits of the content's SHA-256 for regular files whose content was taken, `-` otherwise (a
 * regular file with `-` is elided, an empty one never is). Space, backslash,
 * control characters and bytes that are not UTF-8 in a path are `\xHH`. Hard links repeat the line; the second and
 * later ones have `=PATH` of the first for DIGEST.
 */
export type FileLine = string

/** Text as a string; what is not UTF-8 as base64. */
export type ContentRecord = string | { readonly base64: string }

export interface UnitRecord {
  readonly id: string
  readonly loadState: string
  readonly activeState: string
  readonly subState: string
  readonly unitFileState: string
  readonly fragmentPath: string
  /** Of a unit without a file, which nothing else tells: a device's model. */
  readonly description?: string
}

export interface PackageRecord {
  readonly name: string
  readonly version: string
  readonly architecture: string
  /** `install ok installed`. */
  readonly status: string
}

/** One command and what a real system said. */
export interface Exchange {
  readonly argv: readonly string[]
  readonly stdin?: ContentRecord
  readonly exitCode: number
  readonly stdout: ContentRecord
  readonly stderr: ContentRecord
}

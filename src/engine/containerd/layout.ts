/** Where a version of containerd's configuration file keeps what a node needs. */
export interface ContainerdLayout {
  readonly sandboxImage: readonly string[]
  /** The table of the runtime runc. */
  readonly runc: readonly string[]
}

const CRI_V2 = ['plugins', 'io.containerd.grpc.v1.cri']

/**
 * By file version. 1 and 2: containerd's docs/cri/config.md of release/1.7; 3 and 4: of release/2.1 and 2.3, where the
 * CRI plugin is split into images and runtime (plugins/cri/images/plugin.go, migrateConfig).
 */
const LAYOUTS: Readonly<Record<number, ContainerdLayout>> = {
  1: {
    sandboxImage: ['plugins', 'cri', 'sandbox_image'],
    runc: ['plugins', 'cri', 'containerd', 'runtimes', 'runc'],
  },
  2: {
    sandboxImage: [...CRI_V2, 'sandbox_image'],
    runc: [...CRI_V2, 'containerd', 'runtimes', 'runc'],
  },
  3: {
    sandboxImage: ['plugins', 'io.containerd.cri.v1.images', 'pinned_images', 'sandbox'],
    runc: ['plugins', 'io.containerd.cri.v1.runtime', 'containerd', 'runtimes', 'runc'],
  },
}

/** Where a file of this version keeps its settings; undefined for a version that nobody knows. */
export const containerdLayout = (version: number): ContainerdLayout | undefined =>
  LAYOUTS[version === 4 ? 3 : version]

/** The release of containerd: `1.6.20`. */
export interface ContainerdRelease {
  readonly text: string
  readonly major: number
  readonly minor: number
}

/**
 * The file versions whose settings this release takes into account. 1.4 to 1.6 start with a file of version 3, and
 * 2.x with one of version 1, and both pass over its CRI settings without a word; 1.7 refuses version 3 (recorded).
 */
export function supportedVersions({ major, minor }: ContainerdRelease): readonly number[] {
  if (major < 2) return [1, 2]
  return major > 2 || minor >= 3 ? [2, 3, 4] : [2, 3]
}

/** The names under which the CRI plugin, or a part of it, can be disabled. */
export const CRI_PLUGINS: ReadonlySet<unknown> = new Set([
  'cri',
  'io.containerd.grpc.v1.cri',
  'io.containerd.cri.v1.images',
  'io.containerd.cri.v1.runtime',
])

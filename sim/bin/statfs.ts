import { Unsimulated } from '../../src/host/host.ts'
import { BLOCK_BYTES } from '../fs/tree.ts'
import type { Process } from '../process.ts'

/** f_type of statfs(2) and what stat(1) calls it, by what /proc/filesystems has; asked of mounted ones. */
const TYPES: Readonly<Record<string, readonly [magic: number, name: string]>> = {
  bpf: [0xcafe4a11, 'bpf_fs'],
  cgroup: [0x27e0eb, 'cgroupfs'],
  cgroup2: [0x63677270, 'cgroup2fs'],
  configfs: [0x62656570, 'configfs'],
  debugfs: [0x64626720, 'debugfs'],
  devpts: [0x1cd1, 'devpts'],
  devtmpfs: [0x1021994, 'tmpfs'],
  ext2: [0xef53, 'ext2/ext3'],
  ext3: [0xef53, 'ext2/ext3'],
  ext4: [0xef53, 'ext2/ext3'],
  fusectl: [0x65735543, 'fusectl'],
  hugetlbfs: [0x958458f6, 'hugetlbfs'],
  mqueue: [0x19800202, 'mqueue'],
  overlay: [0x794c7630, 'overlayfs'],
  proc: [0x9fa0, 'proc'],
  pstore: [0x6165676c, 'pstorefs'],
  ramfs: [0x858458f6, 'ramfs'],
  securityfs: [0x73636673, 'securityfs'],
  sysfs: [0x62656572, 'sysfs'],
  tmpfs: [0x1021994, 'tmpfs'],
  tracefs: [0x74726163, 'tracefs'],
}

/** A format of `stat -f`, filled; inodes and ids are not kept. */
export function fillFileSystem(process: Process, format: string, path: string): string {
  const { mount, driver } = process.system.fs.mountOf(process, path)
  const type = Object.hasOwn(TYPES, mount.fstype) ? TYPES[mount.fstype] : undefined
  const { capacityBytes, usedBytes } = driver.space
  const freeBlocks = String(Math.floor((capacityBytes - usedBytes) / BLOCK_BYTES))
  const values: Readonly<Record<string, string | undefined>> = {
    '%': '%',
    a: freeBlocks,
    b: String(Math.floor(capacityBytes / BLOCK_BYTES)),
    f: freeBlocks,
    l: '255',
    n: path,
    s: String(BLOCK_BYTES),
    S: String(BLOCK_BYTES),
    t: type?.[0].toString(16),
    T: type?.[1],
  }
  return format.replace(/%([-#0 +]*\d*(?:\.\d+)?)([A-Za-z%])/g, (whole, width: string, letter: string) => {
    const value = Object.hasOwn(values, letter) ? values[letter] : undefined
    if (value === undefined || width !== '')
      throw new Unsimulated('stat', `the directive ${whole} of a ${mount.fstype}`)
    return value
  })
}

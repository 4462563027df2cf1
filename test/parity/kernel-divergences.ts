import { imageOf, type Said } from '../simulated.ts'

/** A step that the simulator answers otherwise, and why that is so. */
export interface KernelDivergence {
  readonly step: string
  /** Where it does: `container-debian-13`. */
  readonly environments: readonly string[]
  readonly verdict: 'intended' | 'not-modelled' | 'bug'
  readonly reason: string
}

const CONTAINERS = [
  'container-debian-11',
  'container-debian-12',
  'container-debian-13',
  'container-debian-14',
]

const notModelled = (step: string, reason: string, environments = CONTAINERS): KernelDivergence => ({
  step,
  environments,
  verdict: 'not-modelled',
  reason,
})

/** Steps that disagree. One that comes to agree fails the test, and its row goes. */
export const divergences: readonly KernelDivergence[] = [
  notModelled('df -k --output /mnt', 'how many inodes a file system has is not kept'),
  notModelled('df -i /mnt', 'how many inodes a file system has is not kept'),
  notModelled('stat -f /mnt', 'neither inodes nor the ids of file systems are kept'),
  notModelled('ps -q 1 -o stat=', 'states, sessions and threads of processes are not kept'),
  notModelled('lsblk --version', 'there are no disks'),
  notModelled('lsblk /nothere', 'there are no disks'),
  notModelled('blkid', 'there are no disks'),
  notModelled('blkid /nothere', 'there are no disks'),
  notModelled('ip -V', 'the version of libbpf that ip was built with is nowhere in the image'),
]

/** udev was still loading the drivers of this CPU when the session began: whether they are there, and held, is chance. */
const STILL_LOADING = [
  'kvm',
  'kvm_amd',
  'irqbypass',
  'crc32_pclmul',
  'crct10dif_pclmul',
  'cryptd',
  'ghash_clmulni_intel',
]

/** udev loads what the hardware asks for in parallel: in which order these are in the table is chance. */
const atBoot = (image: string): ReadonlySet<string> =>
  new Set(imageOf(image).kernel.live?.map(module => module.name))

/** A table of modules: those that the session loaded in their order, those from the boot sorted. */
function tableWithoutChance(table: string, image: string): string {
  const known = atBoot(image)
  const rows = table.split('\n').filter(row => !STILL_LOADING.includes(nameOf(row)))
  const isFromBoot = (row: string): boolean => known.has(nameOf(row))
  return [...rows.filter(row => !isFromBoot(row)), ...rows.filter(isFromBoot).sort()].join('\n')
}

const nameOf = (row: string): string => row.split(' ')[0] ?? ''

/** docker mounts what it is told to mount in no order. */
const UNORDERED: readonly string[] = ['df -t tmpfs --output=target']

/** An answer without what is the machine's own: chance of the boot, the hour, and where in memory a module lies. */
export function withoutChance(
  { title, image }: { readonly title: string; readonly image: string },
  said: Said,
): Said {
  const lines = (change: (lines: string[]) => string[]): Said => ({
    ...said,
    stdout: change(said.stdout.split('\n')).join('\n'),
  })
  if (UNORDERED.includes(title)) return lines(all => all.sort())
  if (title === 'ps -p 1 -f') return { ...said, stdout: said.stdout.replace(/\b\d\d:\d\d (?=\?)/, 'HH:MM ') }
  if (title === 'pgrep -x systemd-journal') return { ...said, stdout: said.stdout.replace(/\d+/, 'PID') }
  if (title !== 'lsmod' && title !== 'cat /proc/modules') return said
  return {
    ...said,
    stdout: tableWithoutChance(said.stdout.replace(/0x[0-9a-f]{16}$/gm, '0x'), image),
    stderr: said.stderr.replace(/^.*'\/sys\/module\/kvm\/holders': No such file or directory\n/m, ''),
  }
}

/** Which hierarchy of v1 systemd mounts first is chance, and how many groups there are depends on what just runs. */
export function withoutBootChance(title: string, said: Said): Said {
  const lines = said.stdout.split('\n')
  if (title === 'cat /proc/cgroups')
    return { ...said, stdout: lines.map(line => line.replace(/\t\d+\t\d+\t/, '\tN\tN\t')).join('\n') }
  if (title === 'cat /proc/1/cgroup')
    return {
      ...said,
      stdout: lines
        .map(line => line.replace(/^[1-9]\d*:/, 'N:'))
        .sort()
        .join('\n'),
    }
  if (/^(?:findmnt -R|grep cgroup)/.test(title))
    return {
      ...said,
      stdout: lines
        .map(line => line.replace(/^[|`]-/, ''))
        .sort()
        .join('\n'),
    }
  return said
}

import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { Clock } from '../clock.ts'
import { cgroupLines, cgroupsText } from '../kernel/cgroups.ts'
import { isCapable } from '../kernel/credentials.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { LiveModule } from '../kernel/modules.ts'
import { isReadOnly, type Mount } from '../kernel/mounts.ts'
import type { ProcessRecord } from '../kernel/processes.ts'
import { optionalFields } from '../kernel/propagation.ts'
import type { SwapArea } from '../kernel/swaps.ts'
import type { Opener } from './driver.ts'
import type { KernDirectory, KernFile, KernNode } from './kernfs.ts'

/** What /proc is a function of. */
export interface ProcSource {
  readonly kernel: Kernel
  readonly clock: Clock
  /** What the files of file systems in memory take. */
  memoryUsedBytes(): number
  /** The controllers of cgroups that the kernel was built with, by their names on v2. */
  readonly builtControllers: readonly string[]
}

/** proc(5): the root directory of procfs. */
export function procRoot(source: ProcSource): KernDirectory {
  const files = rootFiles(source)
  const sys = sysctlDirectory(source.kernel, '')
  return {
    kind: 'directory',
    mode: 0o555,
    names: () => [...Object.keys(files), 'sys', 'self', ...source.kernel.processes.all.keys()].map(String),
    lookup(name, opener) {
      if (name === 'sys') return sys
      if (name === 'self') return { kind: 'symlink', target: String(opener.pid ?? 1) }
      if (name === 'thread-self')
        return { kind: 'symlink', target: `${opener.pid ?? 1}/task/${opener.pid ?? 1}` }
      if (/^\d+$/.test(name)) return processDirectory(source, Number(name))
      if (Object.hasOwn(files, name)) return files[name]
      if (name === 'modules' || !NAMES_OF_LINUX.has(name)) return undefined
      throw new Unsimulated('procfs', `/proc/${name}`)
    },
  }
}

/** Top-level names that Linux 6.1 has and that are not modelled: asking for one is not ENOENT (fs/proc). */
const NAMES_OF_LINUX = new Set(
  `acpi asound buddyinfo bus config.gz consoles cpuinfo crypto devices diskstats dma driver dynamic_debug
   execdomains fb fs interrupts iomem ioports irq kallsyms kcore key-users keys kmsg kpagecgroup kpagecount kpageflags
   latency_stats locks mdstat misc mtrr net pagetypeinfo partitions pressure sched_debug schedstat scsi slabinfo
   softirqs stat sysrq-trigger sysvipc timer_list tty version vmallocinfo vmstat zoneinfo`.split(/\s+/),
)

const file = (read: (opener: Opener) => string, mode = 0o444): KernFile => ({ kind: 'file', mode, read })

function rootFiles({
  kernel,
  clock,
  memoryUsedBytes,
  builtControllers,
}: ProcSource): Readonly<Record<string, KernNode>> {
  const { record } = kernel
  return {
    cmdline: file(() => `${record.cmdline}\n`),
    filesystems: file(() =>
      kernel.modules.filesystems.map(fs => `${fs.nodev ? 'nodev' : ''}\t${fs.name}\n`).join(''),
    ),
    mounts: { kind: 'symlink', target: 'self/mounts' },
    uptime: file(() => {
      const seconds = (clock.monotonicNs / 1e9).toFixed(2)
      return `${seconds} ${(Number(seconds) * record.cpuCount).toFixed(2)}\n`
    }),
    swaps: file(() => swapsText(kernel)),
    cgroups: file(() => cgroupsText(record.cgroup, builtControllers, groupCount(kernel))),
    meminfo: file(() => meminfoText(kernel, memoryUsedBytes())),
    ...(kernel.modules.isSupported ? { modules: file(() => modulesText(kernel)) } : {}),
  }
}

/** The groups that processes are in, and those above them. */
function groupCount(kernel: Kernel): number {
  const paths = new Set(['/'])
  for (const { cgroup } of kernel.processes.all.values())
    for (let path = cgroup; path !== '' && path !== '/'; path = path.slice(0, path.lastIndexOf('/')))
      paths.add(path)
  return paths.size
}

/** swap_show() of mm/swapfile.c. */
function swapsText(kernel: Kernel): string {
  const row = ({ path, sizeKiB, priority }: SwapArea): string =>
    `${escapePath(path).padEnd(39)} file\t\t${sizeKiB}${sizeKiB < 10_000_000 ? '\t' : ''}\t0\t\t${priority}\n`
  return `Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n${kernel.swaps.all.map(row).join('')}`
}

/** proc_meminfo(5): the lines that are known. Programs take no memory here; files in memory do. */
function meminfoText(kernel: Kernel, usedBytes: number): string {
  const total = kernel.record.memTotalKiB
  const shmem = Math.ceil(usedBytes / 1024)
  const swap = kernel.swaps.all.reduce((sum, { sizeKiB }) => sum + sizeKiB, 0)
  const lines: readonly (readonly [string, number])[] = [
    ['MemTotal', total],
    ['MemFree', total - shmem],
    ['MemAvailable', total - shmem],
    ['Buffers', 0],
    ['Cached', shmem],
    ['SwapCached', 0],
    ['SwapTotal', swap],
    ['SwapFree', swap],
    ['Shmem', shmem],
  ]
  return lines.map(([name, kib]) => `${`${name}:`.padEnd(16)}${String(kib).padStart(8)} kB\n`).join('')
}

/** m_show() of kernel/module/procfs.c; addresses are hidden from those who may not see them, and so are ours. */
function modulesText(kernel: Kernel): string {
  const row = (module: LiveModule): string => {
    const users = kernel.modules.usedBy(module.name)
    const column = users.length === 0 ? '-' : `${users.join(',')},`
    const state = `${module.state.charAt(0).toUpperCase()}${module.state.slice(1)}`
    return `${module.name} ${module.sizeBytes} ${kernel.modules.refcount(module.name)} ${column} ${state} 0x0000000000000000\n`
  }
  return kernel.modules.live.map(row).join('')
}

/** A directory of /proc/sys, or a key in it. */
function sysctlDirectory(kernel: Kernel, path: string): KernDirectory {
  return {
    kind: 'directory',
    mode: 0o555,
    names: () => kernel.sysctl.names(path) ?? [],
    lookup(name) {
      const below = path === '' ? name : `${path}/${name}`
      if (kernel.sysctl.entry(below) !== undefined) return sysctlFile(kernel, below)
      return kernel.sysctl.isDirectory(below) ? sysctlDirectory(kernel, below) : undefined
    },
  }
}

function sysctlFile(kernel: Kernel, path: string): KernFile {
  const mode = kernel.sysctl.entry(path)?.mode ?? 0o444
  return {
    kind: 'file',
    mode,
    isStrict: true,
    read: () =>
      UTS_KEYS[path] === undefined ? kernel.sysctl.read(path) : `${kernel.uts.value[UTS_KEYS[path]]}\n`,
    write(text, opener) {
      if (!isCapable(opener.credentials, 'cap_sys_admin') && opener.credentials.uid !== 0)
        throw new KernelError('EPERM')
      kernel.sysctl.write(path, text)
      const field = UTS_KEYS[path]
      if (field !== undefined)
        kernel.uts.value = { ...kernel.uts.value, [field]: kernel.sysctl.read(path).trimEnd() }
    },
  }
}

/** kernel/utsname_sysctl.c: these are the names of uname(2). */
const UTS_KEYS: Readonly<Record<string, 'nodename' | 'domainname'>> = {
  'kernel/hostname': 'nodename',
  'kernel/domainname': 'domainname',
}

function processDirectory(source: ProcSource, pid: number): KernDirectory | undefined {
  const record = source.kernel.processes.get(pid)
  if (record === undefined) return undefined
  const nodes = processFiles(source, record)
  return {
    kind: 'directory',
    mode: 0o555,
    names: () => undefined,
    lookup(name) {
      const node = Object.hasOwn(nodes, name) ? nodes[name] : undefined
      if (node === undefined) throw new Unsimulated('procfs', `/proc/PID/${name}`)
      return node
    },
  }
}

function processFiles(source: ProcSource, record: ProcessRecord): Readonly<Record<string, KernNode>> {
  const { kernel } = source
  return {
    cgroup: file(() => cgroupLines(kernel.record.cgroup, record.cgroup)),
    cmdline: file(() => record.argv.map(argument => `${argument}\0`).join('')),
    comm: file(() => `${record.comm}\n`, 0o644),
    exe: { kind: 'symlink', target: record.exe },
    mountinfo: file(() => kernel.mounts.all.map(mountinfoRow).join('')),
    mounts: file(() => kernel.mounts.all.map(mountsRow).join('')),
    stat: file(() => statText(record)),
    status: file(() => statusText(record)),
  }
}

const escapePath = (path: string): string =>
  path.replace(/[ \t\n\\#]/g, character => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`)

/** proc_pid_mountinfo(5). */
function mountinfoRow(mount: Mount): string {
  const place = `${mount.id} ${mount.parentId} ${mount.majorMinor} ${escapePath(mount.root)} ${escapePath(mount.target)}`
  const fields = [mount.options.join(','), ...optionalFields(mount)].join(' ')
  return `${place} ${fields} - ${mount.fstype} ${escapePath(mount.source)} ${mount.superOptions}\n`
}

/** fstab(5) columns: the options of the mount and of its file system as one list. */
function mountsRow(mount: Mount): string {
  const [, ...flags] = mount.options
  const more = mount.superOptions.split(',').filter(option => option !== 'rw' && option !== 'ro')
  const state = isReadOnly(mount) ? 'ro' : 'rw'
  const options = [state, ...flags, ...more].filter(option => option !== '').join(',')
  return `${escapePath(mount.source)} ${escapePath(mount.target)} ${mount.fstype} ${options} 0 0\n`
}

/** USER_HZ of x86: the unit of starttime. */
const CLOCK_TICKS_PER_SECOND = 100

/** proc_pid_stat(5): 52 fields, of which pid, comm, state, ppid and starttime are modelled; the rest is zero. */
function statText(record: ProcessRecord): string {
  const ticks = Math.floor((record.startNs / 1e9) * CLOCK_TICKS_PER_SECOND)
  const before = [
    record.pid,
    `(${record.comm})`,
    'S',
    record.ppid,
    record.pid,
    record.pid,
    ...Array<number>(15).fill(0),
  ]
  return `${[...before, ticks, ...Array<number>(30).fill(0)].join(' ')}\n`
}

function statusText(record: ProcessRecord): string {
  const ids = Array(4).fill(record.uid).join('\t')
  return `Name:\t${record.comm}\nState:\tS (sleeping)\nPid:\t${record.pid}\nPPid:\t${record.ppid}\nUid:\t${ids}\nGid:\t${ids}\n`
}

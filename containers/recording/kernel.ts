import type { KernelRecord, LiveModuleRecord, MountRecord, SysctlRecord } from '../../src/format/image.ts'
import { capabilityNames } from './capabilities.ts'
import { recordModules } from './modules.ts'
import { type Collected, rowsOf, utf8 } from './sections.ts'

/** What the image says of the kernel. */
export function recordKernel(collected: Collected, kind: 'vm' | 'container'): KernelRecord {
  const [release = '', version = '', machine = '', nodename = '', cpuCount = ''] = lines(
    collected.text('uname'),
  )
  const capabilities = capabilityNames(/^CapEff:\s+([0-9a-f]+)$/m.exec(collected.text('status'))?.[1] ?? '0')
  const live = collected.optionalText('modules')
  const builtin = collected.content(`/lib/modules/${release}/modules.builtin`)?.toString('utf8')
  const modinfo = collected.optionalText('modinfo')
  return {
    release,
    version,
    machine,
    nodename,
    cmdline: kind === 'vm' ? collected.text('cmdline').replace(/\n$/, '') : '',
    cpuCount: Number(cpuCount),
    memTotalKiB: Number(/^MemTotal:\s+(\d+) kB$/m.exec(collected.text('meminfo'))?.[1]),
    canLoadModules: live !== undefined && capabilities.includes('cap_sys_module'),
    ...(builtin === undefined ? {} : { builtin: lines(builtin).map(moduleName).sort() }),
    ...(modinfo === undefined ? {} : { modules: recordModules(utf8(modinfo), release) }),
    ...(live === undefined ? {} : { live: parseLive(live) }),
    sysModule: lines(collected.text('sys-module')).sort(),
    filesystems: parseFilesystems(collected.text('filesystems')),
    sysctl: parseSysctl(collected.text('sysctl')),
    cgroup: recordCgroup(collected),
    capabilities,
  }
}

/** `kernel/net/bridge/br_netfilter.ko.xz`: br_netfilter; dashes are underscores in a module's name. */
export function moduleName(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/\.ko(\.[a-z]+)?$/, '').replaceAll('-', '_')
}

/** Rows of /proc/modules, in its order. */
export function parseLive(text: string): LiveModuleRecord[] {
  return lines(text).map(line => {
    const [name = '', size, refcount, users = '', state] = line.split(' ')
    if (state !== 'Live' && state !== 'Loading' && state !== 'Unloading')
      throw new Error(`not a module: ${line}`)
    const usedBy = users.split(',').filter(user => user !== '' && user !== '-')
    return { name, sizeBytes: Number(size), refcount: Number(refcount), usedBy, state }
  })
}

/** Rows of /proc/filesystems, in its order. */
export function parseFilesystems(text: string): { readonly name: string; readonly nodev: boolean }[] {
  return lines(text).map(line => {
    const [nodev = '', name = ''] = line.split('\t')
    return { name, nodev: nodev === 'nodev' }
  })
}

/** The section of `walk_sysctl`: what reading each file below /proc/sys gave. */
export function parseSysctl(section: string): Record<string, SysctlRecord> {
  const rows = rowsOf(section, 4).map(([path = '', mode = '', errno = '', value = '']) => {
    const answer = errno === '' ? { value: utf8(value).replace(/\n$/, '') } : { errno }
    return [path, { mode, ...answer }] as const
  })
  return Object.fromEntries(rows.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** /proc/PID/mountinfo (proc_pid_mountinfo(5)), without ids and peer groups. */
export function parseMounts(text: string): MountRecord[] {
  return lines(text).map(line => {
    const [mount = '', superBlock = ''] = line.split(' - ')
    const [, , majorMinor = '', root = '', target = '', options = ''] = mount.split(' ')
    const [fstype = '', source = '', superOptions = ''] = superBlock.split(' ')
    return { source, target, root, fstype, options, superOptions, majorMinor }
  })
}

function recordCgroup(collected: Collected): KernelRecord['cgroup'] {
  const cgroupMounts = parseMounts(collected.text('mountinfo')).filter(mount =>
    mount.target.startsWith('/sys/fs/cgroup'),
  )
  const unified = cgroupMounts.filter(mount => mount.fstype === 'cgroup2')
  if (unified.some(mount => mount.target === '/sys/fs/cgroup')) {
    const controllers = collected.text('controllers').trim().split(' ')
    return { mode: 'unified', controllers: controllers.filter(name => name !== '') }
  }
  const controllers = lines(collected.text('cgroups'))
    .filter(line => !line.startsWith('#'))
    .flatMap(line => line.split('\t')[0] ?? [])
  return { mode: unified.length > 0 ? 'hybrid' : 'legacy', controllers }
}

function lines(text: string): string[] {
  return text.split('\n').filter(line => line !== '')
}

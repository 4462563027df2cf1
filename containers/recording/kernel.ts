import type { KernelRecord } from '../../src/format/image.ts'
import { capabilityNames } from './capabilities.ts'
import { recordModules } from './modules.ts'
import { lines, moduleName, parseFilesystems, parseLive, parseMounts, parseSysctl } from './proc.ts'
import { type Collected, utf8 } from './sections.ts'

/** What the image says of the kernel. */
export function recordKernel(collected: Collected, kind: 'vm' | 'container'): KernelRecord {
  const [release = '', version = '', machine = '', nodename = '', cpuCount = ''] = lines(
    collected.text('uname'),
  )
  const capabilities = capabilityNames(/^CapEff:\s+([0-9a-f]+)$/m.exec(collected.text('status'))?.[1] ?? '0')
  const live = collected.optionalText('modules')
  const builtin = collected.optionalText('builtin')
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

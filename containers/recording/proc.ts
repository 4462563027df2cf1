import type { LiveModuleRecord, MountRecord, SysctlRecord } from '../../src/format/image.ts'
import { rowsOf, utf8 } from './sections.ts'

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

/** The lines of a text that are not empty. */
export function lines(text: string): string[] {
  return text.split('\n').filter(line => line !== '')
}

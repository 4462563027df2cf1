import type { LoadedRecord, ModuleRecord, SysctlRecord } from '../../src/format/image.ts'
import { moduleName, parseFilesystems, parseLive, parseSysctl } from './proc.ts'
import type { Collected } from './sections.ts'

/** Names that a bus gives to devices: thousands, and nobody asks modprobe for one. */
const DEVICE_ALIAS =
  /^(acpi|cpu|dmi|hid|i2c|input|mdio|mfd|mhi|of|pci|pcmcia|platform|pnp|serio|spi|tee|typec|usb|vhost|virtio|vmbus|wmi|xen)[:*]/

/** The output of `modinfo -0` for many files: `key=value` and, for file names and parameters, `key: value`, NUL after each. */
export function recordModules(modinfo: string, release: string): Record<string, ModuleRecord> {
  const modules = modinfo.split(/^filename: +|\0filename: +/).filter(text => text !== '')
  const records = modules.map(text => {
    const [file = '', ...fields] = text.split('\0')
    return [moduleName(file), recordModule(file, release, fields)] as const
  })
  return Object.fromEntries(records.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function recordModule(file: string, release: string, fields: readonly string[]): ModuleRecord {
  const all = (key: string) =>
    fields.flatMap(field => (field.startsWith(`${key}=`) ? [field.slice(key.length + 1)] : []))
  const [description] = all('description')
  const aliases = all('alias').filter(alias => !DEVICE_ALIAS.test(alias))
  const softdeps = all('softdep')
  const parameters = fields.flatMap(field => /^parm: +([^:]+):/.exec(field)?.[1] ?? [])
  return {
    path: file.replace(`/lib/modules/${release}/`, ''),
    depends: (all('depends')[0] ?? '').split(',').filter(name => name !== ''),
    ...(description === undefined ? {} : { description }),
    ...(aliases.length === 0 ? {} : { aliases }),
    ...(softdeps.length === 0 ? {} : { softdep: softdeps.join('\n') }),
    ...(parameters.length === 0 ? {} : { parameters: parameters.sort() }),
  }
}

interface Observation {
  readonly sysctl: Readonly<Record<string, SysctlRecord>>
  readonly filesystems: LoadedRecord['filesystems']
}

/** What `collect.sh modules` saw: for each module that it loaded, what came with it. */
export function recordLoaded(collected: Collected): Record<string, LoadedRecord> {
  const loaded: Record<string, LoadedRecord> = {}
  let before = observe(collected, '0000 before')
  for (const section of collected.names) {
    const name = /^\d{4} loaded (\S+) modules$/.exec(section)?.[1]
    if (name === undefined) continue
    const step = section.replace(/ modules$/, '')
    const row = parseLive(collected.text(section)).find(live => live.name === name)
    if (row === undefined) throw new Error(`${name} was loaded and is not in /proc/modules`)
    const after = observe(collected, step)
    loaded[name] = { sizeBytes: row.sizeBytes, ...difference(before, after) }
    before = after
  }
  return loaded
}

/** The modules that insmod refused, with its words. */
export function refusedModules(collected: Collected): string[] {
  return collected.names
    .filter(name => /^\d{4} failed /.test(name))
    .map(name => `${name.split(' ').at(-1)}: ${collected.text(name).trim()}`)
}

function observe(collected: Collected, step: string): Observation {
  return {
    sysctl: parseSysctl(collected.text(`${step} sysctl`)),
    filesystems: parseFilesystems(collected.text(`${step} filesystems`)),
  }
}

function difference(before: Observation, after: Observation): Observation {
  const known = new Set(before.filesystems.map(row => row.name))
  return {
    sysctl: Object.fromEntries(Object.entries(after.sysctl).filter(([path]) => !(path in before.sysctl))),
    filesystems: after.filesystems.filter(row => !known.has(row.name)),
  }
}

import type { TomlValue } from 'smol-toml'
import { parseDocument } from 'yaml'
import type { CgroupDriver, NodeConfig } from '../../config/node-config.ts'
import { isTable } from '../../config/toml-reading.ts'
import { cgroupDriver, driverWarning, keptSandboxImage, sandboxImage } from '../choices.ts'
import { fileVersion, valueAt } from '../containerd/config-edit.ts'
import { tomlTable } from '../containerd/imports.ts'
import { containerdLayout } from '../containerd/layout.ts'
import type { Facts } from '../facts/index.ts'
import type { Check } from '../verify.ts'
import { type Checker, check, skipped } from './check.ts'

/** What kubelet, containerd and init system must see alike. */
export const agreement: Checker = (facts, config) => [
  containerdDriver(facts, config),
  kubeletDriver(facts),
  oneManager(facts, config),
  ...images(facts, config),
]

/** What containerd makes of its files, imports merged: `containerd config dump`. */
interface Effective {
  readonly driver: CgroupDriver
  readonly runtimeType: string
  readonly sandboxImage: string
}

function effective(facts: Facts): Effective | undefined {
  const { dump } = facts.containerd
  const table = dump?.exitCode === 0 ? tomlTable(dump.stdout) : undefined
  const layout = table === undefined ? undefined : containerdLayout(fileVersion(table))
  if (table === undefined || layout === undefined) return undefined
  const options = valueAt(table, [...layout.runc, 'options'])
  const systemdCgroup =
    isTable(options) && Object.keys(options).length > 0 ? options.SystemdCgroup : ownOption(facts)
  return {
    driver: systemdCgroup === true ? 'systemd' : 'cgroupfs',
    runtimeType: String(valueAt(table, [...layout.runc, 'runtime_type']) ?? ''),
    sandboxImage: String(valueAt(table, layout.sandboxImage) ?? ''),
  }
}

/**
 * SystemdCgroup as the files have it: containerd 1.4 prints the table of runc's options empty, whatever it has read
 * (recorded). The last file with a table of the plugin decides, as it replaces the whole table.
 */
function ownOption({ containerd: { config, imports } }: Facts): TomlValue | undefined {
  const tables = [config, ...imports.map(({ state }) => state)]
    .map(state => (state.isThere ? tomlTable(state.text) : undefined))
    .filter(table => table !== undefined)
  const options = tables.flatMap(table => {
    const runc = containerdLayout(fileVersion(table))?.runc ?? []
    const isSilent = valueAt(table, runc.slice(0, 2)) === undefined
    return isSilent ? [] : [valueAt(table, [...runc, 'options', 'SystemdCgroup'])]
  })
  return options.at(-1)
}

const NO_DUMP = 'containerd config dump does not say'

function containerdDriver(facts: Facts, config: NodeConfig): Check {
  const wanted = cgroupDriver(facts, config)
  const name = `containerd's cgroup driver is ${wanted.value}`
  const found = effective(facts)
  if (found === undefined) return check(name, false, NO_DUMP)
  const passes = found.driver === wanted.value && found.runtimeType !== ''
  return check(name, passes, `${found.driver} for ${found.runtimeType || 'no runtime type'}; ${wanted.why}`)
}

function kubeletDriver(facts: Facts): Check {
  const name = 'kubelet and containerd have one cgroup driver'
  const { config: file, version } = facts.kubelet
  if (!file.isThere)
    return skipped(name, version === undefined ? 'no kubelet' : 'kubeadm has not configured it yet')
  const found = effective(facts)
  const flag = facts.kubelet.flags.findLast(one => one.name === 'cgroup-driver')?.value
  const value: unknown = parseDocument(file.text).get('cgroupDriver')
  const kubelet = flag ?? (typeof value === 'string' ? value : 'cgroupfs')
  return check(
    name,
    found?.driver === kubelet,
    `kubelet ${kubelet}, containerd ${found?.driver ?? 'unknown'}`,
  )
}

function oneManager(facts: Facts, config: NodeConfig): Check {
  const warning = driverWarning(facts, config)
  const evidence = `PID 1 is ${facts.kernel.init}, cgroups are ${facts.cgroups.mode}`
  return check('one program manages cgroups', warning === undefined, warning ?? evidence)
}

function images(facts: Facts, config: NodeConfig): readonly Check[] {
  const found = effective(facts)?.sandboxImage
  const wanted = sandboxImage(facts, config)
  const kept = keptSandboxImage(facts)
  const garbage = 'the kubelet keeps the sandbox image from garbage collection'
  return [
    wanted.value === undefined
      ? check('containerd has a sandbox image', (found ?? '') !== '', found ?? NO_DUMP)
      : check(`the sandbox image is ${wanted.value}`, found === wanted.value, found ?? NO_DUMP),
    kept === undefined
      ? skipped(garbage, 'the kubelet names none')
      : check(garbage, kept === found, `the kubelet keeps ${kept}, containerd uses ${found ?? 'unknown'}`),
  ]
}

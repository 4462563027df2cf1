import type { KernelRecord } from '../../src/format/image.ts'

/** How a machine is booted otherwise than its image was. */
export interface BootWords {
  /** Words behind those that the image was booted with. */
  readonly cmdline: readonly string[]
  /** Modules whose file has no valid signature. */
  readonly unsignedModules: readonly string[]
}

export const PLAIN_BOOT: BootWords = { cmdline: [], unsignedModules: [] }

/** The value of the last `name=value` on a command line, with dashes and underscores alike; '' for a bare name. */
export function wordValue(cmdline: string, name: string): string | undefined {
  const wanted = name.replaceAll('-', '_')
  let value: string | undefined
  for (const word of cmdline.split(/\s+/)) {
    const equals = word.indexOf('=')
    const key = (equals < 0 ? word : word.slice(0, equals)).replaceAll('-', '_')
    if (key === wanted) value = equals < 0 ? '' : word.slice(equals + 1)
  }
  return value
}

/** parse_boolean() of systemd and kstrtobool() of the kernel, as far as they agree; a bare word is yes. */
export const isYes = (value: string | undefined): boolean =>
  value !== undefined && /^(?:|1|y|yes|on|true|t)$/i.test(value)

/** The kernel as it is booted: with those words, and without what they disable. */
export function kernelAtBoot(record: KernelRecord, { cmdline }: BootWords): KernelRecord {
  if (cmdline.length === 0) return record
  const words = [record.cmdline, ...cmdline].filter(word => word !== '').join(' ')
  const disabled = new Set((wordValue(words, 'cgroup_disable') ?? '').split(','))
  const { mode, controllers } = record.cgroup
  return {
    ...record,
    cmdline: words,
    cgroup: {
      mode: hierarchyOf(words) ?? mode,
      controllers: controllers.filter(name => !disabled.has(name)),
    },
  }
}

/** What systemd mounts for these words; undefined where they say nothing: cg_is_unified_wanted() of cgroup-util.c. */
function hierarchyOf(cmdline: string): KernelRecord['cgroup']['mode'] | undefined {
  const unified = wordValue(cmdline, 'systemd.unified_cgroup_hierarchy')
  if (unified === undefined) return undefined
  if (isYes(unified)) return 'unified'
  return isYes(wordValue(cmdline, 'systemd.legacy_systemd_cgroup_controller')) ? 'legacy' : 'hybrid'
}

/** What the kernel does with a module that has no valid signature: module_sig_check() of kernel/module/signing.c. */
export function signaturePolicy(cmdline: string): 'enforced' | 'locked-down' | 'tainting' {
  const enforced = wordValue(cmdline, 'module.sig_enforce')
  if (enforced !== undefined && isYes(enforced)) return 'enforced'
  const lockdown = wordValue(cmdline, 'lockdown')
  return lockdown === 'integrity' || lockdown === 'confidentiality' ? 'locked-down' : 'tainting'
}

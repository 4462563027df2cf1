import type { NodeConfig } from '../../config/node-config.ts'
import { encodeText } from '../../host/surrogate-escape.ts'
import { cgroupDriver, driverWarning, sandboxImage } from '../choices.ts'
import { type ContainerdWish, editContainerdConfig } from '../containerd/config-edit.ts'
import { overridingImports } from '../containerd/override.ts'
import type { Facts } from '../facts/index.ts'
import type { PresentFile } from '../facts/replies.ts'
import type { Failure } from '../failure.ts'
import { directoryRequests, type FileChange, fileStep, unreadable, writeRequest } from '../file-step.ts'
import { cannotPlan, type Phase, type Step } from '../phase.ts'

const NAME = 'containerd'

/** What containerd reads when its command line names no file. */
const DEFAULT_CONFIG = '/etc/containerd/config.toml'

/** containerd's configuration file: the CRI plugin on, the cgroup driver, the sandbox image. */
export const containerd: Phase = {
  name: NAME,
  plan(facts, config) {
    const change = containerdChange(facts, config)
    const impossible = driverFailure(facts, config)
    if (!change.ok) return cannotPlan(...impossible, ...change.failures)
    if (impossible.length > 0) return cannotPlan(...impossible)
    return {
      steps: isChange(change.change) ? [step(facts, change.change)] : [],
      notes: notes(facts, config),
      failures: [],
    }
  },
}

export type ContainerdChange =
  | { readonly ok: true; readonly change: FileChange }
  | { readonly ok: false; readonly failures: readonly Failure[] }

/** The configuration file as it is and as it should be; the services phase needs it too. */
export function containerdChange(facts: Facts, config: NodeConfig): ContainerdChange {
  const { release, config: before, configPath: path, directoryExists, imports } = facts.containerd
  if (release === undefined) return refused({ reason: 'containerd-missing' })
  const obstacle = configElsewhere(facts) ?? unreadable(path, before)
  if (obstacle !== undefined) return refused(obstacle)
  const source = sourceText(facts, config)
  if (typeof source !== 'string') return refused(source)
  const wish = containerdWish(facts, config)
  const edited = editContainerdConfig({ path, text: source, release }, wish)
  if (!edited.ok) return refused(edited.failure)
  const overrides = overridingImports({ text: edited.text, path, release, imports }, wish)
  if (overrides.length > 0) return refused(...overrides)
  return { ok: true, change: { path, before, after: edited.text, directoryExists } }
}

/** Whether a file is to be written at all. */
export const isChange = ({ before, after }: FileChange): boolean => !before.isThere || before.text !== after

const refused = (...failures: readonly Failure[]): ContainerdChange => ({ ok: false, failures })

/** What the node needs of containerd. */
export const containerdWish = (facts: Facts, config: NodeConfig): ContainerdWish => ({
  systemdCgroup: cgroupDriver(facts, config).value === 'systemd',
  sandboxImage: sandboxImage(facts, config).value,
})

/** The text that the edit starts from: the file, or containerd's defaults where there is none or a reset is asked for. */
function sourceText({ containerd: fact }: Facts, config: NodeConfig): string | Failure {
  if (config.containerd.config === 'edit' && fact.config.isThere) return fact.config.text
  const { exitCode, stdout, stderr } = fact.defaultConfig ?? {
    exitCode: 127,
    stdout: '',
    stderr: 'not found',
  }
  if (exitCode === 0) return stdout
  return { reason: 'containerd-default-failed', exitCode, stderr: stderr.trim() }
}

/** A unit whose command line names another file than the one that is to be configured. */
function configElsewhere({ unitFiles, containerd: { configPath } }: Facts): Failure | undefined {
  const { execStart } = unitFiles.containerd
  if (execStart === '') return undefined
  const unitConfig = /\s(?:--config|-c)[= ]\s*(\S+)/.exec(execStart)?.[1] ?? DEFAULT_CONFIG
  if (unitConfig === configPath) return undefined
  return { reason: 'containerd-config-elsewhere', unit: 'containerd.service', unitConfig, configPath }
}

const driverFailure = (facts: Facts, config: NodeConfig): readonly Failure[] =>
  config.cgroupDriver === 'systemd' && facts.kernel.init !== 'systemd'
    ? [{ reason: 'cgroup-driver-impossible', init: facts.kernel.init }]
    : []

/** Beside the file its predecessor is kept, under a name that comes from its content. */
function step(facts: Facts, change: FileChange): Step {
  const written = fileStep(NAME, change)
  const { before } = change
  if (!before.isThere) return written
  const backup = backupPath(change.path, before)
  const isKept = facts.containerd.siblings.some(name => backup.endsWith(`/${name}`))
  const requests = [...directoryRequests(change), ...(isKept ? [] : [backupRequest(backup, before)])]
  return {
    ...written,
    title: `${written.title} (the old one is kept as ${backup})`,
    requests: [...requests, writeRequest(change)],
  }
}

/**
 * Named by content, so that a run that is repeated after an interruption cannot overwrite the operator's own file
 * with what it wrote itself; not `*.toml`, which imports could pick up.
 */
export const backupPath = (path: string, before: PresentFile): string =>
  `${path}.seatrial-${before.digest.slice(0, 8)}`

/** With the mode of the original: registry credentials stand in such files. */
const backupRequest = (path: string, before: PresentFile) =>
  ({ kind: 'write', path, content: encodeText(before.text), mode: before.mode, ifDigest: 'absent' }) as const

function notes(facts: Facts, config: NodeConfig): readonly string[] {
  const driver = cgroupDriver(facts, config)
  const image = sandboxImage(facts, config)
  const warning = driverWarning(facts, config)
  return [
    `the cgroup driver is ${driver.value}: ${driver.why}`,
    image.value === undefined
      ? `containerd's own sandbox image is kept: ${image.why}`
      : `the sandbox image is ${image.value}: ${image.why}`,
    ...(warning === undefined ? [] : [`warning: ${warning}`]),
  ]
}

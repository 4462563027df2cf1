import type { NodeConfig } from '../../config/node-config.ts'
import { digestOf } from '../../host/digest.ts'
import type { Request } from '../../host/host.ts'
import { encodeText } from '../../host/surrogate-escape.ts'
import { criIsOk } from '../facts/containerd-daemon.ts'
import type { Facts } from '../facts/index.ts'
import { type FileState, run } from '../facts/replies.ts'
import type { UnitFact } from '../facts/units.ts'
import type { Failure } from '../failure.ts'
import { type FileChange, writeRequest } from '../file-step.ts'
import { cannotPlan, nothingToDo, type Phase, type PhasePlan, type Step } from '../phase.ts'
import {
  formatStamp,
  type LoadedFile,
  loadDigest,
  mainProcess,
  STAMP_DIRECTORY,
  type StampedService,
  staleReason,
  stampPath,
} from '../stamp.ts'
import { containerdChange, isChange } from './containerd.ts'
import { kubeletChange } from './kubelet.ts'

const NAME = 'services'
const CRI_LIMIT_MS = 30_000

/** Services enabled, and running with the configuration that is on disk. */
export const services: Phase = {
  name: NAME,
  plan(facts, config) {
    const plans = [containerdService(facts, config), kubeletService(facts, config)]
    return {
      steps: plans.flatMap(plan => plan.steps),
      notes: plans.flatMap(plan => plan.notes),
      failures: plans.flatMap(plan => plan.failures),
    }
  },
}

/** A service as it is, and what it would find on disk after the steps before. */
interface Service {
  readonly name: StampedService
  readonly unit: UnitFact
  readonly release: string
  /** Everything that it reads when it starts, as it is going to be. */
  readonly files: readonly LoadedFile[]
  /** The change of its configuration that this plan makes, if it makes one. */
  readonly change: FileChange | undefined
  /** Exits 0 when the service does its work. */
  readonly isReady: readonly [string, ...string[]] | undefined
  /** Another reason to restart it. */
  readonly outdated: string | undefined
}

function containerdService(facts: Facts, config: NodeConfig): PhasePlan {
  const { units, containerd, containerdDaemon, stamps } = facts
  // What cannot be configured is the containerd phase's to say.
  const planned = containerdChange(facts, config)
  if (!planned.ok || containerd.release === undefined) return nothingToDo()
  const found = managedUnit('containerd.service', units.containerd, facts)
  if (!found.ok) return cannotPlan(found.failure)
  const change = isChange(planned.change) ? planned.change : undefined
  const service: Service = {
    name: 'containerd',
    unit: found.unit,
    release: containerd.release.text,
    files: containerdFiles(facts, planned.change),
    change,
    isReady: criIsOk,
    outdated: outdatedRelease(facts),
  }
  const steps = serviceSteps(service, facts)
  const isHealthy = containerdDaemon.criStatus === 'ok'
  const restarts = restartReason(service, stamps.containerd) !== undefined
  return isHealthy || restarts
    ? { steps, notes: [], failures: [] }
    : cannotPlan({ reason: 'cri-plugin-not-ok', status: containerdDaemon.criStatus })
}

/** The kubelet runs only where kubeadm has configured it; before, its restarts in vain are nobody's to mend. */
function kubeletService(facts: Facts, config: NodeConfig): PhasePlan {
  const { kubelet, units } = facts
  if (kubelet.version === undefined || !kubelet.config.isThere) return nothingToDo()
  const planned = kubeletChange(facts, config)
  if (!planned.ok) return nothingToDo()
  const found = managedUnit('kubelet.service', units.kubelet, facts)
  if (!found.ok) return cannotPlan(found.failure)
  const own = { path: kubelet.configPath, before: kubelet.config, after: kubelet.config.text }
  const service: Service = {
    name: 'kubelet',
    unit: found.unit,
    release: kubelet.version,
    files: [loadedFile(planned.change ?? own), ...facts.unitFiles.kubelet.files],
    change: planned.change,
    isReady: undefined,
    outdated: undefined,
  }
  return { steps: serviceSteps(service, facts), notes: [], failures: [] }
}

type ManagedUnit =
  | { readonly ok: true; readonly unit: UnitFact }
  | { readonly ok: false; readonly failure: Failure }

/** The unit, when systemd can be told to start it. */
function managedUnit(id: string, unit: UnitFact | undefined, { kernel }: Facts): ManagedUnit {
  if (unit === undefined) return { ok: false, failure: withoutSystemd(id, kernel.init) }
  if (unit.loadState === 'masked') return { ok: false, failure: { reason: 'unit-masked', unit: id } }
  if (unit.loadState === 'not-found') return { ok: false, failure: { reason: 'unit-missing', unit: id } }
  return { ok: true, unit }
}

const withoutSystemd = (unit: string, init: string): Failure =>
  init === 'systemd'
    ? { reason: 'program-missing', program: 'systemctl', neededFor: `to manage ${unit}` }
    : { reason: 'init-unsupported', init, unit }

/** Everything that containerd reads when it starts, the configuration file as it is going to be. */
export const containerdFiles = (facts: Facts, change: FileChange): readonly LoadedFile[] => [
  loadedFile(change),
  ...facts.containerd.imports.flatMap(({ path, state }) =>
    state.isThere ? [{ path, text: state.text, ctimeSeconds: state.ctimeSeconds }] : [],
  ),
  ...facts.unitFiles.containerd.files,
]

const loadedFile = ({ path, before, after }: Omit<FileChange, 'directoryExists'>): LoadedFile => ({
  path,
  text: after,
  ctimeSeconds: unchangedSince(before, after),
})

const unchangedSince = (before: FileState, after: string): number | undefined =>
  before.isThere && before.text === after ? before.ctimeSeconds : undefined

function outdatedRelease({ containerd, containerdDaemon: { release: running } }: Facts): string | undefined {
  const installed = containerd.release?.text
  if (running === undefined || installed === undefined || running === installed) return undefined
  return `release ${running} runs, and ${installed} is installed`
}

function serviceSteps(service: Service, facts: Facts): readonly Step[] {
  const { unit, name } = service
  const reason = restartReason(service, facts.stamps[name])
  return [
    ...(unit.needsDaemonReload
      ? [step('have systemd read its unit files again', run('systemctl', 'daemon-reload'))]
      : []),
    ...(NOT_AT_BOOT.has(unit.unitFileState)
      ? [step(`enable ${unit.id}`, run('systemctl', 'enable', unit.id))]
      : []),
    ...(reason === undefined ? [] : [restartStep(service, reason, facts)]),
  ]
}

const NOT_AT_BOOT: ReadonlySet<string> = new Set(['disabled', 'enabled-runtime'])

const step = (title: string, ...requests: readonly Request[]): Step => ({ phase: NAME, title, requests })

/** Decided from state alone: what runs, what it has loaded, and what is going to be on disk. */
function restartReason(service: Service, stamp: Facts['stamps'][StampedService]): string | undefined {
  const { unit, change, outdated, release, files } = service
  if (unit.activeState !== 'active') return `it is ${unit.activeState}`
  if (change !== undefined) return 'its configuration changes'
  if (unit.needsDaemonReload) return 'its unit files have changed'
  return outdated ?? staleReason({ unit, stamp, release, files })
}

function restartStep(service: Service, reason: string, facts: Facts): Step {
  const { unit, name, release, files, isReady } = service
  const isStart = unit.activeState === 'inactive' || unit.activeState === 'failed'
  const verb = isStart ? 'start' : 'restart'
  const stamp = formatStamp({ digest: loadDigest(release, files), supersedes: mainProcess(unit) })
  const onFailure = rollback(service)
  return step(
    `${verb} ${unit.id} (${reason})`,
    ...(facts.stamps.directoryExists ? [] : [run('mkdir', '-p', STAMP_DIRECTORY)]),
    { kind: 'write', path: stampPath(name), content: encodeText(stamp) },
    ...(unit.activeState === 'failed' ? [run('systemctl', 'reset-failed', unit.id)] : []),
    { ...run('systemctl', verb, unit.id), onFailure },
    ...(isReady === undefined
      ? []
      : [{ kind: 'wait', exec: { kind: 'exec', argv: isReady }, limitMs: CRI_LIMIT_MS, onFailure } as const]),
  )
}

/**
 * Puts the old configuration back, and the service as it was with it; the stamp speaks of the new one and goes. What
 * did not run before is stopped, lest systemd start it in vain again and again.
 */
function rollback({ change, unit, name }: Service): readonly Request[] {
  if (change === undefined) return []
  const { path, before } = change
  const verb = unit.activeState === 'active' ? 'restart' : 'stop'
  const putBack: Request = before.isThere
    ? { ...writeRequest({ ...change, after: before.text }), ifDigest: digestOf(encodeText(change.after)) }
    : { kind: 'remove', path }
  return [putBack, { kind: 'remove', path: stampPath(name) }, run('systemctl', verb, unit.id)]
}

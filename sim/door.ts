import type { Image } from '../src/format/image.ts'
import type { Host } from '../src/host/host.ts'
import { Machine } from './machine.ts'
import { isSavedMachine, resumeMachine, type SavedMachine, saveMachine } from './save.ts'
import { SimHost } from './sim-host.ts'

export { covers } from './coverage/covers.ts'
export type { Finding, Verdict } from './coverage/finding.ts'
export type { Difference, FileView, MachineDiff } from './diff.ts'
export { type BootOptions, Machine, type RunOptions, type RunResult, type ScriptResult } from './machine.ts'
export { SavedMachineError } from './save.ts'
export { type LineOutcome, Session, type SessionConsole } from './session.ts'
export { wantsMore } from './shell/syntax.ts'
export { SimHost } from './sim-host.ts'

export interface OpenOptions {
  /** Of the random numbers. */
  readonly seed?: number
  /** Boots a saved machine from its disk instead of going on where it was. */
  readonly isRebooting?: boolean
  /** A base image by name, for a saved machine. */
  imageOf(name: string): Promise<Image>
}

/** Whether some JSON is an image. */
export const isImage = (value: unknown): value is Image =>
  typeof value === 'object' &&
  value !== null &&
  'format' in value &&
  value.format === 'seatrial-image' &&
  'version' in value &&
  value.version === 1

/** The host of an image (booted) or of a saved machine (resumed); undefined when the JSON is neither. */
export async function openSimulatedHost(
  name: string,
  source: unknown,
  options: OpenOptions,
): Promise<SimHost | undefined> {
  const seed = options.seed === undefined ? {} : { seed: options.seed }
  if (isImage(source)) return new SimHost(name, await Machine.boot(source, seed))
  if (!isSavedMachine(source)) return undefined
  const machine = resumeMachine(source, await options.imageOf(source.image.name))
  return new SimHost(name, options.isRebooting ? await machine.reboot() : machine)
}

/** What `--save` writes; undefined for a host that is not simulated. */
export const savedMachine = (host: Host): SavedMachine | undefined =>
  host instanceof SimHost ? saveMachine(host.machine) : undefined

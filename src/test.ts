/**
 * Seatrial in somebody else's vitest suite: simulated machines and hosts, and matchers over any host.
 *
 *     import { matchers, simulatedHost } from 'seatrial/test'
 *     expect.extend(matchers)
 */
import type {} from 'vitest'
import { type BootOptions, type ScriptResult, SimHost } from '../sim/door.ts'
import { type Host, isFailure, type Reply, type Request } from './host/host.ts'
import { decodeText, encodeText } from './host/surrogate-escape.ts'
import { boot } from './hosts.ts'

export {
  type BootOptions,
  type Difference,
  type FileView,
  Machine,
  type MachineDiff,
  type ScriptResult,
  SimHost,
} from '../sim/door.ts'
export { boot } from './hosts.ts'
export { imageNames } from './images.ts'

/** A freshly booted simulated host of a base image (`debian-12`). Throws `UnknownHost` with the known names. */
export async function simulatedHost(image = 'debian-12', options: BootOptions = {}): Promise<SimHost> {
  return new SimHost(`sim:${image}`, await boot(image, options))
}

/** Another host with the same state; what happens to one does not show in the other. Costs microseconds. */
export const fork = (host: SimHost): SimHost => new SimHost(host.name, host.machine.fork())

/** Reboots cleanly: what is on disk stays, modules-load, sysctl and services come up as they would. */
export async function reboot(host: SimHost): Promise<void> {
  host.machine = await host.machine.reboot()
}

/** The power goes and comes back: what was not synced to disk is lost. */
export async function powerCut(host: SimHost): Promise<void> {
  host.machine = await host.machine.powerCut()
}

/** Runs a bash script on a host, on a simulated one in virtual time. */
export async function runScript(host: Host, script: string): Promise<ScriptResult> {
  const reply = await ask(host, { kind: 'exec', argv: ['bash', '-s'], stdin: encodeText(script) })
  if (reply.kind !== 'exec') throw new Error(`${host.name}: the script was not run (${describeReply(reply)})`)
  return { exitCode: reply.exitCode, stdout: decodeText(reply.stdout), stderr: decodeText(reply.stderr) }
}

/** What vitest expects of a matcher. */
export interface MatcherResult {
  readonly pass: boolean
  message(): string
}

/** For `expect.extend`. Each asks the host through its port, so they hold for real hosts too; all are awaited. */
export const matchers = {
  /** The module is live: a row of /proc/modules. */
  async toHaveModule(host: Host, name: string): Promise<MatcherResult> {
    const rows = text(await ask(host, { kind: 'read', path: '/proc/modules' })) ?? ''
    const isLive = rows.split('\n').some(row => row.startsWith(`${name.replaceAll('-', '_')} `))
    return verdict(isLive, host, `the module ${name} to be live`)
  },

  /** The sysctl key has this value in the running kernel. */
  async toHaveSysctl(host: Host, key: string, value: string | number): Promise<MatcherResult> {
    const path = `/proc/sys/${key.includes('/') ? key : key.replaceAll('.', '/')}`
    const found = text(await ask(host, { kind: 'read', path }))?.trimEnd()
    return verdict(found === String(value), host, `${key} to be ${value}, it is ${found ?? 'not there'}`)
  },

  /** The file is there, and its content is, or matches, what is given. */
  async toHaveFile(host: Host, path: string, content?: string | RegExp): Promise<MatcherResult> {
    const found = text(await ask(host, { kind: 'read', path }))
    const fits =
      found !== undefined &&
      (content === undefined || (typeof content === 'string' ? found === content : content.test(found)))
    const wanted =
      content === undefined ? '' : ` with ${content instanceof RegExp ? content : JSON.stringify(content)}`
    return verdict(
      fits,
      host,
      `${path} to be there${wanted}, found ${found === undefined ? 'nothing' : JSON.stringify(found)}`,
    )
  },

  /** `systemctl is-active` says so. */
  async toHaveActiveUnit(host: Host, unit: string): Promise<MatcherResult> {
    const reply = await ask(host, { kind: 'exec', argv: ['systemctl', 'is-active', unit] })
    const state = reply.kind === 'exec' ? decodeText(reply.stdout).trim() : describeReply(reply)
    return verdict(!isFailure(reply), host, `${unit} to be active, it is ${state}`)
  },
}

async function ask(host: Host, request: Request): Promise<Reply> {
  const [reply] = await host.send([request])
  if (reply === undefined) throw new Error(`${host.name} gave no reply`)
  return reply
}

const text = (reply: Reply): string | undefined =>
  reply.kind === 'read' ? decodeText(reply.content) : undefined

const describeReply = (reply: Reply): string => (reply.kind === 'errno' ? reply.errno : reply.kind)

const verdict = (pass: boolean, host: Host, expectation: string): MatcherResult => ({
  pass,
  message: () => `expected ${host.name}${pass ? ' not' : ''}: ${expectation}`,
})

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: declarations that merge must name the same type parameters.
  interface Matchers<T = any> {
    toHaveModule(name: string): Promise<void>
    toHaveSysctl(key: string, value: string | number): Promise<void>
    toHaveFile(path: string, content?: string | RegExp): Promise<void>
    toHaveActiveUnit(unit: string): Promise<void>
  }
}

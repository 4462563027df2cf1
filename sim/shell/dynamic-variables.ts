import type { Shell } from './shell.ts'
import type { Variable } from './variables.ts'

const text = (value: string | number): Variable => ({ value: String(value) })

const list = (values: readonly (string | number)[]): Variable => ({
  isArray: 'indexed',
  value: new Map(values.map((value, index) => [index, String(value)])),
})

/** Of bash 5.2.15 as Debian 12 builds it. */
const VERSION = ['5', '2', '15', '1', 'release', 'x86_64-pc-linux-gnu']

/** bash(1), "Shell Variables": what is computed when it is looked at. */
const DYNAMIC: Readonly<Record<string, (shell: Shell) => Variable | undefined>> = {
  BASHPID: shell => text(shell.process.pid),
  BASH_COMMAND: shell => text(shell.command),
  BASH_LINENO: shell => list(shell.frames.map(frame => frame.callLine).reverse()),
  BASH_SOURCE: shell => list(sourcesOf(shell)),
  BASH_SUBSHELL: shell => text(shell.subshellDepth),
  BASH_VERSINFO: () => list(VERSION),
  EPOCHREALTIME: shell => text(shell.process.clock.realtimeSeconds.toFixed(6)),
  EPOCHSECONDS: shell => text(Math.floor(shell.process.clock.realtimeSeconds)),
  EUID: shell => ({ ...text(shell.process.credentials.uid), isReadonly: true }),
  FUNCNAME: shell => functionNames(shell),
  GROUPS: shell => list([shell.process.credentials.gid, ...shell.process.credentials.groups]),
  LINENO: shell => text(shell.line),
  PIPESTATUS: shell => list(shell.pipeStatus),
  RANDOM: shell => text(Math.floor(shell.process.system.random() * 32_768)),
  SECONDS: shell => text(secondsOf(shell)),
  SRANDOM: shell => text(Math.floor(shell.process.system.random() * 4_294_967_296)),
  UID: shell => ({ ...text(shell.process.credentials.uid), isReadonly: true }),
}

/** What dash computes: only the line. */
const OF_DASH: readonly string[] = ['LINENO']

/** A variable that the shell computes; a script that assigned one of most of these has its own. */
export function dynamicVariable(shell: Shell, name: string): Variable | undefined {
  if (!shell.isBash && !OF_DASH.includes(name)) return undefined
  return Object.hasOwn(DYNAMIC, name) ? DYNAMIC[name]?.(shell) : undefined
}

export const dynamicNames = Object.keys(DYNAMIC)

function secondsOf(shell: Shell): number {
  const elapsed = Math.floor((shell.process.clock.monotonicNs - shell.startNs) / 1e9)
  return elapsed + Number(shell.variables.text('SECONDS') ?? 0)
}

function sourcesOf(shell: Shell): readonly string[] {
  const { input, name } = shell.origin
  const main = input === 'file' ? [name] : []
  const frames = shell.frames.map(frame =>
    frame.source === '' ? (input === 'stdin' ? 'main' : 'environment') : frame.source,
  )
  return [...frames.reverse(), ...main]
}

function functionNames(shell: Shell): Variable | undefined {
  if (!shell.frames.some(frame => frame.kind === 'function')) return undefined
  const names = shell.frames.map(frame => frame.name).reverse()
  return list(shell.origin.input === 'file' ? [...names, 'main'] : names)
}

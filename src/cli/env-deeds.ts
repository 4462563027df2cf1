import { CommandFailed, watchCommands } from '../../containers/command.ts'
import { EnvironmentMissing } from '../../containers/environment-missing.ts'
import { type Environment, environments } from '../../containers/environments.ts'
import { VmFailure } from '../../containers/vm/machine.ts'
import type { EnvOptions, EnvVerb } from './env.ts'
import { EnvProgress } from './env-progress.ts'
import { environmentTable, sizeText } from './env-report.ts'
import { EXIT, OperatorError } from './exit-status.ts'
import { complainOf } from './explain.ts'
import type { Outside } from './main.ts'

/** What came of a verb: its words, and fields of the JSON event. */
interface Done {
  readonly words: string
  readonly sizeBytes?: number
  readonly freedBytes?: number
}

/** One verb of `seatrial env` on one environment: what it comes to, as fields of the JSON event and in words. */
interface Deed {
  readonly event: string
  /** What Ctrl-C leaves behind. */
  readonly interrupted: string
  act(environment: Environment, signal: AbortSignal): Promise<Done>
}

const DEEDS: Readonly<Record<EnvVerb, Deed>> = {
  build: {
    event: 'built',
    interrupted: 'nothing half-built is kept',
    act: async environment => {
      await environment.build()
      const { sizeBytes } = await environment.status()
      return { words: `built, ${sizeText(sizeBytes)} in the cache`, sizeBytes }
    },
  },
  start: {
    event: 'started',
    interrupted: 'nothing was left running',
    act: async (environment, signal) => {
      await environment.start(signal)
      return { words: 'running' }
    },
  },
  stop: {
    event: 'stopped',
    interrupted: 'it may still be shutting down',
    act: async environment => {
      await environment.stop()
      return { words: 'stopped' }
    },
  },
  rm: {
    event: 'removed',
    interrupted: 'what is left of it goes with the next `seatrial env rm`',
    act: async environment => {
      const freedBytes = await environment.remove()
      return { words: `removed, ${sizeText(freedBytes)} freed`, freedBytes }
    },
  },
}

/** `seatrial env list`. */
export async function listEnvironments(
  names: readonly string[],
  options: EnvOptions,
  { terminal }: Outside,
): Promise<number> {
  const rows = []
  for (const environment of chosen(names))
    rows.push({ name: environment.name, ...(await environment.status()) })
  if (options.json) for (const row of rows) terminal.print(`${JSON.stringify(row)}\n`)
  else terminal.print(environmentTable(rows))
  return EXIT.ok
}

/** One after the other: a build takes all of a small machine. One that fails stops no other; Ctrl-C stops all. */
export async function perform(
  verb: EnvVerb,
  names: readonly string[],
  options: EnvOptions & Outside,
): Promise<number> {
  const deed = DEEDS[verb]
  const { terminal, clock, json = false } = options
  let exitStatus: number = EXIT.ok
  for (const environment of chosen(names)) {
    if (terminal.signal.aborted) return EXIT.failed
    const { name } = environment
    const began = clock.now()
    const progress = new EnvProgress(name, { ...options, isShown: !json })
    const watch = { signal: terminal.signal, starting: (argv: readonly string[]) => progress.starting(argv) }
    try {
      const { words, ...fields } = await watchCommands(watch, () => deed.act(environment, terminal.signal))
      progress.end()
      const durationMs = clock.now() - began
      if (json) terminal.print(`${JSON.stringify({ name, event: deed.event, durationMs, ...fields })}\n`)
      else terminal.print(`${name}  ${words} (${(durationMs / 1000).toFixed(1)} s)\n`)
    } catch (error) {
      progress.end()
      const why = terminal.signal.aborted ? `interrupted; ${deed.interrupted}` : reasonOf(error)
      if (json) terminal.print(`${JSON.stringify({ name, event: 'failed', reason: why })}\n`)
      complainOf(why, terminal, name)
      exitStatus = EXIT.failed
    }
  }
  return exitStatus
}

/** What a machine can lack or a program can refuse; anything else is our bug, and is thrown on. */
function reasonOf(error: unknown): string {
  const isOperators =
    error instanceof EnvironmentMissing || error instanceof CommandFailed || error instanceof VmFailure
  if (!isOperators) throw error
  return error.message
}

function chosen(names: readonly string[]): Environment[] {
  const all = environments()
  if (names.length === 0) return all
  return [...new Set(names)].map(name => {
    const environment = all.find(candidate => candidate.name === name)
    if (environment !== undefined) return environment
    const known = all.map(candidate => candidate.name).join(', ')
    throw new OperatorError(`there is no environment ${JSON.stringify(name)}; there are ${known}`, EXIT.usage)
  })
}

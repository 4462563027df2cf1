import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** A command line of the session, and a file that is put there before it. */
export interface SessionStep {
  readonly argv: readonly [string, ...string[]]
  readonly title: string
  readonly write?: { readonly path: string; readonly content: string }
}

/** What a real system said to one step. */
export interface SessionAnswer {
  readonly step: string
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface SessionRecording {
  readonly environment: string
  /** `kmod 30-…`: what the answers depend on. */
  readonly packages: readonly string[]
  readonly answers: readonly SessionAnswer[]
}

/** A machine that is booted in another way than its image was, and what it is asked then. */
export interface BootVariant {
  readonly name: string
  readonly release: string
  readonly cmdline: readonly string[]
  /** Modules whose signature is cut off. */
  readonly unsigned?: readonly string[]
  readonly steps: readonly SessionStep[]
}

type Written =
  | string
  | { readonly run: string; readonly write: { readonly path: string; readonly content: string } }

const read = (name: string): string =>
  readFileSync(new URL(`recorded/kernel/${name}.yaml`, import.meta.url), 'utf8')

/** The environments whose session is recorded: `vm-debian-12`, `container-debian-13`. */
export const sessionEnvironments = (): readonly string[] =>
  readdirSync(new URL('recorded/kernel/', import.meta.url))
    .map(name => name.replace('.yaml', ''))
    .filter(name => /^(?:vm|container)-debian/.test(name))

/**
 * The steps of an environment, in order: later ones see what earlier ones did. A container has steps of its own: what
 * belongs to the kernel of its machine is not for it to change.
 */
export function sessionSteps(environment: string): readonly SessionStep[] {
  const written: readonly Written[] = parse(
    read(environment.startsWith('container-') ? 'container-steps' : 'steps'),
  )
  return written.map(stepOf)
}

/** The boots of `boot-steps.yaml`; their recordings are `boot-NAME`. */
export function bootVariants(): readonly BootVariant[] {
  const { boots }: { boots: readonly (Omit<BootVariant, 'steps'> & { steps: readonly Written[] })[] } = parse(
    read('boot-steps'),
  )
  return boots.map(boot => ({ ...boot, steps: boot.steps.map(stepOf) }))
}

/** Whether a boot has been recorded. */
export const hasBoot = (name: string): boolean =>
  existsSync(new URL(`recorded/kernel/boot-${name}.yaml`, import.meta.url))

function stepOf(step: Written): SessionStep {
  const title = typeof step === 'string' ? step : step.run
  const [program = '', ...rest] = title.match(/"[^"]*"|\S+/g) ?? []
  const argv: readonly [string, ...string[]] = [program, ...rest.map(word => word.replaceAll('"', ''))]
  return typeof step === 'string' ? { argv, title } : { argv, title, write: step.write }
}

export const readSession = (environment: string): SessionRecording => parse(read(environment))

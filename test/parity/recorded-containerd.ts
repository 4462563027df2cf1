import { readFileSync } from 'node:fs'
import { applyPatch } from 'diff'
import { parse } from 'yaml'

/** A configuration that somebody wrote by hand. */
export interface ContainerdCase {
  readonly name: string
  readonly argv?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
}

/** What one release answered, as `record-containerd.ts` wrote it. */
export interface ContainerdRecording {
  readonly package: string
  /** The line of `containerd --version`. */
  readonly version: string
  /** Command lines that were answered where no daemon runs. */
  readonly commands: readonly {
    readonly argv: readonly string[]
    readonly exitCode: number
    readonly stdout: string
    readonly stderr: string
    readonly seconds: number
  }[]
  /** The answers without a configuration file; `dump.stdout` is `containerd config default`. */
  readonly base: Answers
  readonly cases: Readonly<Record<string, Answers>>
}

export type Answers = Readonly<Record<string, string>>

const read = (name: string): string =>
  readFileSync(new URL(`recorded/containerd/${name}`, import.meta.url), 'utf8')

export const cases: readonly ContainerdCase[] = parse(read('cases.yaml'))

const recordings = new Map<string, ContainerdRecording>()

/** The recording of a release, read once. */
export function readRecording(version: string): ContainerdRecording {
  const recording: ContainerdRecording = recordings.get(version) ?? parse(read(`${version}.yaml`))
  recordings.set(version, recording)
  return recording
}

/** The answers to a case, patches applied. */
export function answersOf(recording: ContainerdRecording, name: string): Answers {
  const answers = Object.entries(recording.cases[name] ?? {}).map(([key, text]) => {
    if (!key.endsWith('.patch')) return [key, text]
    const plain = key.slice(0, -'.patch'.length)
    const base = recording.base[plain] ?? ''
    const patched = text === '' ? base : applyPatch(base, text)
    if (patched === false) throw new Error(`the patch ${key} of ${name} does not apply`)
    return [plain, patched]
  })
  return Object.fromEntries(answers)
}

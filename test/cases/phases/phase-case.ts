import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Facts } from '../../../src/engine/facts/index.ts'
import { describe } from '../../../src/engine/failure.ts'
import type { Phase } from '../../../src/engine/phase.ts'
import { digestOf } from '../../../src/host/digest.ts'
import type { Request } from '../../../src/host/host.ts'
import { decodeText, encodeText } from '../../../src/host/surrogate-escape.ts'
import { configOf, factsOf } from '../facts/fact-case.ts'

/** What a phase plans for a host in a recorded state, some of its facts changed. */
export interface PhaseCase {
  readonly title: string
  /** Of test/cases/facts; `fresh` by default. */
  readonly scenario?: string
  /** A seatrial.toml. */
  readonly config?: string
  /** Merged into the facts; null takes a field away, and `text` of a file brings its digest along. */
  readonly facts?: Readonly<Record<string, unknown>>
  readonly plan: unknown
}

/** The rows of a phase. */
export function casesOf(phase: Phase): readonly PhaseCase[] {
  const file = `${import.meta.dirname}/${phase.name}/cases.yaml`
  return existsSync(file) ? parse(readFileSync(file, 'utf8')) : []
}

/** What the phase plans, as it stands in the rows. */
export function planned(phase: Phase, row: PhaseCase): unknown {
  const facts = merge(factsOf(row.scenario ?? 'fresh'), row.facts ?? {}) as Facts
  const { steps, notes, failures } = phase.plan(facts, configOf(row.config))
  return {
    steps: steps.map(({ title, requests, diff }) => ({
      title,
      requests: requests.map(said),
      ...(diff !== undefined && { after: shown(diff.after, facts) }),
    })),
    notes: [...notes],
    failures: failures.map(describe),
  }
}

/** Of a file that was made from containerd's defaults, the lines that are not among them. */
function shown(text: string, { containerd: { defaultConfig } }: Facts): string {
  const defaults = new Set(defaultConfig?.stdout.split('\n'))
  const own = text.split('\n').filter(line => !defaults.has(line))
  return text.split('\n').length < 40 ? text : `(containerd config default)\n${own.join('\n')}\n`
}

function said(request: Request): string {
  const recovery = request.onFailure?.length ? ` or else: ${request.onFailure.map(said).join(', ')}` : ''
  if (request.kind === 'exec') return `${request.argv.join(' ')}${recovery}`
  if (request.kind === 'wait') return `wait for: ${request.exec.argv.join(' ')}${recovery}`
  if (request.kind !== 'write') return `${request.kind} ${request.path}`
  const mode = request.mode === undefined ? '' : ` ${request.mode.toString(8)}`
  const content = request.path.startsWith('/proc/') ? ` ${decodeText(request.content).trim()}` : ''
  const isGuarded =
    request.ifDigest === undefined ? '' : request.ifDigest === 'absent' ? ' if absent' : ' if unchanged'
  return `write ${request.path}${mode}${content}${isGuarded}`
}

function merge(base: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const from = typeof base === 'object' && base !== null && !Array.isArray(base) ? base : {}
  const merged: Record<string, unknown> = { ...from }
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else merged[key] = merge(merged[key], value)
  }
  if (merged.isThere === true && typeof merged.text === 'string')
    merged.digest = digestOf(encodeText(merged.text))
  return merged
}

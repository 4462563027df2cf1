import type { Failure } from './failure.ts'
import type { Note, Step } from './phase.ts'
import type { Check } from './verify.ts'

/** What happens during a run, as plain data: what a program prints as text, or as one line of JSON each. */
export type EngineEvent =
  | { readonly event: 'gathering'; readonly host: string; readonly again: boolean }
  | { readonly event: 'gathered'; readonly host: string; readonly os: string; readonly kernel: string }
  | { readonly event: 'note'; readonly note: Note }
  | { readonly event: 'planned'; readonly steps: number }
  | { readonly event: 'applying'; readonly steps: number }
  | { readonly event: 'step'; readonly step: Step; readonly outcome: StepOutcome }
  | { readonly event: 'check'; readonly check: Check }
  | { readonly event: 'failed'; readonly failure: Failure; readonly description: string }

/** `planned`: it was not run, because nothing was to be. */
export type StepOutcome = 'planned' | 'done' | 'failed' | 'not-run'

/** Is told of every event as it happens. */
export type Observer = (event: EngineEvent) => void

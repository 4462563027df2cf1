import { describe, expect, it } from 'vitest'
import { phases } from '../../../src/engine/phases/index.ts'
import { casesOf, planned } from './phase-case.ts'

describe.each(phases.map(phase => [phase.name, phase] as const))('the phase %s', (_name, phase) => {
  it.each(casesOf(phase).map(row => [row.title, row] as const))('%s', (_title, row) => {
    expect(planned(phase, row)).toEqual(row.plan)
  })

  it('has cases in which it acts, has nothing to do, and refuses', () => {
    const plans = casesOf(phase).map(row => planned(phase, row) as { steps: unknown[]; failures: unknown[] })
    expect(plans.some(plan => plan.steps.length > 0)).toBe(true)
    expect(plans.some(plan => plan.steps.length === 0 && plan.failures.length === 0)).toBe(true)
    expect(plans.some(plan => plan.failures.length > 0)).toBe(true)
  })
})

import { expect, it } from 'vitest'
import { describe as describeFailure, type Failure } from '../../../../src/engine/failure.ts'

const unreachable = (message: string): Failure => ({
  reason: 'host-unreachable',
  host: 'docker:n1',
  transport: 'unreachable',
  message,
})

it('a host that cannot be reached is named once, in one sentence with one end', () => {
  expect(describeFailure(unreachable('docker:n1: is the docker daemon running?'))).toBe(
    'docker:n1 cannot be reached (unreachable): is the docker daemon running?',
  )
  expect(describeFailure(unreachable('no such container'))).toBe(
    'docker:n1 cannot be reached (unreachable): no such container.',
  )
})

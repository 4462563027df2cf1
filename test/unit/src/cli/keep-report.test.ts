import { expect, test } from 'vitest'
import { reportName } from '../../../../src/cli/keep-report.ts'

const named = (host: string) => reportName({ host, verb: 'plan', startedAt: '2026-01-02T03:04:05.678Z' })

test.each([
  ['ssh:root@n1', /^20260102T030405678Z-plan-ssh-root@n1-[0-9a-f]{8}\.json$/],
  ['sim:../../etc/passwd', /^20260102T030405678Z-plan-sim-etc-passwd-[0-9a-f]{8}\.json$/],
  ['sim:\x1b[2J\n*', /^20260102T030405678Z-plan-sim-2J-[0-9a-f]{8}\.json$/],
  ['docker:日本', /^20260102T030405678Z-plan-docker-[0-9a-f]{8}\.json$/],
  [`docker:${'x'.repeat(1000)}`, /^.{1,140}$/],
])('the name of a report is a name that any file system and shell takes: %j', (host, expected) => {
  expect(named(host)).toMatch(expected)
})

test('hosts whose names look alike have reports of their own', () => {
  expect(new Set(['docker:a', 'docker-a', 'docker:a:', 'docker:a?', 'docker::a'].map(named)).size).toBe(5)
})

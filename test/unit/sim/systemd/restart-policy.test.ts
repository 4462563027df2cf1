import { expect, it } from 'vitest'
import { systemdRelease } from '../../../../sim/formats/systemd-release.ts'
import { shallRestart } from '../../../../sim/systemd/restart-policy.ts'
import { serviceConfig } from '../../../../sim/systemd/service-config.ts'
import { Settings } from '../../../../sim/systemd/settings.ts'
import type { RestartPolicy, ServiceResult } from '../../../../sim/systemd/state.ts'

const host = { release: '', nodename: '', architecture: '' }
const service = serviceConfig(
  new Settings({ id: 'x.service', host, words: systemdRelease(252).words }, [], () => undefined),
)

/** Table 1 of systemd.service(5): exit causes and the effect of Restart=, of the causes that are modelled. */
const TABLE: readonly (readonly [RestartPolicy, readonly ServiceResult[]])[] = [
  ['no', []],
  ['always', ['success', 'exit-code', 'signal', 'timeout']],
  ['on-success', ['success']],
  ['on-failure', ['exit-code', 'signal', 'timeout']],
  ['on-abnormal', ['signal', 'timeout']],
  ['on-abort', ['signal']],
  ['on-watchdog', []],
]

it.each(TABLE)('Restart=%s starts again after %j and nothing else', (restart, restarting) => {
  const results: readonly ServiceResult[] = ['success', 'exit-code', 'signal', 'timeout']
  const again = results.filter(result => shallRestart({ ...service, restart }, { result, main: undefined }))
  expect(again).toEqual(restarting)
})

it('RestartPreventExitStatus= wins over Restart=, RestartForceExitStatus= over its absence', () => {
  const main = { pid: 1, startNs: 0, exitCode: 7 }
  const prevented = { ...service, restart: 'always', restartPreventExitStatus: ['7'] } as const
  expect(shallRestart(prevented, { result: 'exit-code', main })).toBe(false)
  expect(shallRestart({ ...service, restartForceExitStatus: ['7'] }, { result: 'exit-code', main })).toBe(
    true,
  )
})

import { containerdChange, isChange } from '../phases/containerd.ts'
import { containerdFiles } from '../phases/services.ts'
import { staleReason } from '../stamp.ts'
import { type Checker, check } from './check.ts'

/** The service, what it has loaded, and whether it answers. */
export const containerd: Checker = (facts, config) => {
  const { units, containerdDaemon, stamps } = facts
  const unit = units.containerd
  const state = unit === undefined ? 'systemd does not say' : `${unit.activeState} (${unit.subState})`
  return [
    check('containerd is running', unit?.activeState === 'active', state),
    loaded(),
    check(
      'the CRI plugin answers',
      containerdDaemon.criStatus === 'ok',
      `its status is ${containerdDaemon.criStatus}`,
    ),
  ]

  function loaded() {
    const name = 'containerd runs with the configuration on disk'
    const planned = containerdChange(facts, config)
    if (unit === undefined || !planned.ok || facts.containerd.release === undefined) {
      return check(name, false, 'it cannot be told')
    }
    if (isChange(planned.change)) return check(name, false, `${planned.change.path} lacks settings of a node`)
    const release = facts.containerd.release.text
    const files = containerdFiles(facts, planned.change)
    const reason = staleReason({ unit, stamp: stamps.containerd, release, files })
    return check(
      name,
      reason === undefined,
      reason ?? `process ${unit.mainPid} has loaded ${planned.change.path}`,
    )
  }
}

import { isInStatusSet } from './exit-status.ts'
import type { ServiceConfig, UnitRuntime } from './state.ts'

/** service_shall_restart(): the table of systemd.service(5), Restart=, and the statuses that are exempt from it. */
export function shallRestart(
  service: ServiceConfig,
  { result, main }: Pick<UnitRuntime, 'result' | 'main'>,
): boolean {
  if (main?.exitCode !== undefined) {
    if (isInStatusSet(service.restartPreventExitStatus, main.exitCode)) return false
    if (isInStatusSet(service.restartForceExitStatus, main.exitCode)) return true
  }
  const isSkipped = result === 'exec-condition'
  const isFailed = result !== 'success' && !isSkipped
  switch (service.restart) {
    case 'no':
    case 'on-watchdog':
      return false
    case 'always':
      return !isSkipped
    case 'on-success':
      return result === 'success'
    case 'on-failure':
      return isFailed
    case 'on-abnormal':
      return isFailed && result !== 'exit-code'
    case 'on-abort':
      return result === 'signal'
  }
}

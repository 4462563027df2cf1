import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { program } from './getopt.ts'

const POLICY = '/usr/sbin/policy-rc.d'

/** deb-systemd-invoke(1p): systemctl for maintainer scripts, as far as policy-rc.d and the administrator let it. */
export const debSystemdInvoke = program(
  { options: ['user', 'system', 'no-dbus'], usageStatus: 255 },
  function* (process, options): Blocking<number> {
    const [verb = '', ...units] = options.operands
    // Nobody is logged in: there is no manager of a user to be told.
    if (options.last('user', 'system') === 'user') return 0
    if (options.has('no-dbus')) throw new Unsimulated('deb-systemd-invoke', '--no-dbus')
    for (const unit of units) {
      const status = yield* policy(process, unit, verb)
      if (status === 101) {
        process.complain(`${POLICY} returned 101, not running '${[verb, ...units].join(' ')}'\n`)
        return 0
      }
      if (status !== 0 && status !== 104) {
        process.complain(`deb-systemd-invoke only supports ${POLICY} return codes 0, 101, and 104!\n`)
        process.complain(`Got return code ${status}, ignoring.\n`)
      }
    }
    if (verb !== 'start' && verb !== 'restart') return yield* systemctl(process, [verb, ...units])
    const wanted = units.filter(unit => isToBeStarted(process, verb, unit))
    if (wanted.length === 0) return 0
    const status = yield* systemctl(process, ['--quiet', '--system', verb, ...wanted])
    if (status === 0) return 0
    process.complain(`Could not execute systemctl:  at ${process.argv[0]} line 145.\n`)
    return 1
  },
)

/** Without a policy everything may run. */
function* policy(process: Process, unit: string, verb: string): Blocking<number> {
  if (!process.canAccess(POLICY, 'execute')) return 0
  return yield* process.spawn(POLICY, [POLICY, unit, verb]).wait()
}

function* systemctl(process: Process, words: readonly string[]): Blocking<number> {
  const path = process.which('systemctl') ?? '/usr/bin/systemctl'
  return yield* process.spawn(path, ['systemctl', ...words]).wait()
}

/** What the administrator disabled, and what is static, is not started; what runs all the same is restarted. */
function isToBeStarted(process: Process, verb: string, unit: string): boolean {
  const { systemd } = process.system.bus
  if (/enabled/.test(systemd.unitFileState(unit) ?? '')) return true
  if (verb === 'restart' && systemd.properties(unit).ActiveState === 'active') return true
  const not = verb === 'restart' ? ' not running' : ''
  process.complain(`${unit} is a disabled or a static unit${not}, not starting it.\n`)
  return false
}

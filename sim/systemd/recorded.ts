import type { UnitRecord } from '../../src/format/image.ts'
import type { Program } from '../process.ts'
import type { ExecKind } from './state.ts'

/**
 * What stands in for a program that is not modelled where the image saw its unit run: a daemon that is ready and waits,
 * or a command that went well. Undefined where the image did not see it.
 */
export function recordedProgram(record: UnitRecord | undefined, kind: ExecKind): Program | undefined {
  if (record?.activeState !== 'active') return undefined
  if (kind !== 'ExecStart' || record.subState === 'exited') return () => 0
  return function* (process) {
    process.notify('READY=1')
    return yield* process.park({ exitCodeOnTerm: 0 })
  }
}

import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'

/** systemd-detect-virt(1) without options: what the recorder saw it say. */
export function systemdDetectVirt(process: Process): number {
  if (process.argv.length > 1) throw new Unsimulated('systemd-detect-virt', process.argv.slice(1).join(' '))
  const answer = process.system.bus.containerd.answerOf(['systemd-detect-virt'])
  process.print(answer)
  return answer.trim() === 'none' ? 1 : 0
}

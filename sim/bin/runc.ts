import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import { withCommandLine } from './getopt.ts'

/** runc(8): `--version` only. */
export function runc(process: Process): number {
  check(process)
  process.print(process.system.bus.containerd.answerOf(['runc', '--version']))
  return 0
}

withCommandLine(runc, check)

function check({ argv }: Process): undefined {
  const args = argv.slice(1)
  if (args.length !== 1 || !/^--?(version|v)$/.test(args[0] ?? ''))
    throw new Unsimulated('runc', args.join(' '))
}

import { Unsimulated } from '../../src/host/host.ts'
import { program } from './getopt.ts'

/** swapoff(8) with --all: nothing to do, and nothing said, on a machine without swap; others are not modelled. */
export const swapoff = program(
  { options: ['a,all', 'v,verbose'], unsimulated: ['L:', 'U:'] },
  (process, options) => {
    if (!options.has('all') || options.operands.length > 0)
      throw new Unsimulated('swapoff', 'a device or file')
    const rows = process.readText('/proc/swaps').trimEnd().split('\n').slice(1)
    if (rows.length > 0) throw new Unsimulated('swapoff', 'swap that is in use')
    if (fstabHasSwap(process.exists('/etc/fstab') ? process.readText('/etc/fstab') : ''))
      throw new Unsimulated('swapoff', 'swap in /etc/fstab')
    return 0
  },
)

/** It also tries what fstab(5) lists, and complains of what is not on. */
const fstabHasSwap = (text: string): boolean =>
  text.split('\n').some(line => !line.trim().startsWith('#') && line.trim().split(/\s+/)[2] === 'swap')

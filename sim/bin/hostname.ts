import { Unsimulated } from '../../src/host/host.ts'
import { program } from './getopt.ts'

/** hostname(1) of Debian's hostname 3.23: shows the name; -s up to the first dot. */
export const hostname = program(
  {
    options: ['s,short'],
    unsimulated: [
      'a,alias',
      'A,all-fqdns',
      'b,boot',
      'd,domain',
      'f,fqdn',
      'long',
      'F,file:',
      'i,ip-address',
      'I,all-ip-addresses',
      'y,yp',
      'nis',
    ],
    usageStatus: 255,
  },
  (process, options) => {
    if (options.operands.length > 0) throw new Unsimulated('hostname', 'setting the name')
    const name = process.kernel.uts.value.nodename
    process.print(`${options.has('short') ? name.split('.')[0] : name}\n`)
    return 0
  },
)

import { program, usageError } from './getopt.ts'
import { quote } from './quote.ts'

const ORDER = [
  'kernel-name',
  'nodename',
  'kernel-release',
  'kernel-version',
  'machine',
  'operating-system',
] as const

/** uname(1) of coreutils 9.1; processor and hardware platform are unknown, as on Debian. */
export const uname = program(
  {
    options: [
      'a,all',
      'i,hardware-platform',
      'm,machine',
      'n,nodename',
      'o,operating-system',
      'p,processor',
      'r,kernel-release',
      's,kernel-name',
      'v,kernel-version',
    ],
  },
  (process, options) => {
    const [extra] = options.operands
    if (extra !== undefined) throw usageError(process, `extra operand ${quote(process, extra)}`)
    const { record, uts } = process.kernel
    const values: Readonly<Record<(typeof ORDER)[number], string>> = {
      'kernel-name': 'Linux',
      nodename: uts.value.nodename,
      'kernel-release': record.release,
      'kernel-version': record.version,
      machine: record.machine,
      'operating-system': 'GNU/Linux',
    }
    const isDefault = options.all.length === 0
    const wanted = ORDER.filter(
      name => options.has('all') || options.has(name) || (isDefault && name === 'kernel-name'),
    )
    const unknown = (['processor', 'hardware-platform'] as const)
      .filter(name => options.has(name))
      .map(() => 'unknown')
    const shown = wanted.map(name => values[name])
    const at = wanted.includes('operating-system') ? shown.length - 1 : shown.length
    process.print(`${[...shown.slice(0, at), ...unknown, ...shown.slice(at)].join(' ')}\n`)
    return 0
  },
)

import { baseName } from './coreutils.ts'
import { program } from './getopt.ts'

/** pidof(1): the newest first, by the base name of argv[0], or by all of it for a name with a slash. */
export const pidof = program(
  { options: ['s', 'x', 'q', 'c', 'w'], unsimulated: ['n', 'z', 'o:', 'd:', 'S:', 't'], hint: '' },
  (process, options) => {
    const found = [...process.kernel.processes.all.values()]
      .filter(({ pid, argv, exe }) => {
        const [first = ''] = argv
        return (
          pid !== process.pid &&
          options.operands.some(name =>
            name.includes('/') ? exe === name || first === name : baseName(first) === name,
          )
        )
      })
      .map(({ pid }) => pid)
      .toReversed()
    const shown = options.has('s') ? found.slice(0, 1) : found
    if (shown.length > 0 && !options.has('q')) process.print(`${shown.join(' ')}\n`)
    return shown.length > 0 ? 0 : 1
  },
)

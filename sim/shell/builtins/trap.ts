import { SIGNAL_NUMBER } from '../../process.ts'
import { quoteSingle } from '../quote.ts'
import type { Shell } from '../shell.ts'
import { conditionOf, isSignal, setTrap } from '../traps.ts'
import { type Builtin, complainOf } from './builtin.ts'

/** `trap`. */
export const trap: Builtin = {
  run(shell, argv) {
    const args = argv[1] === '--' ? argv.slice(2) : argv.slice(1)
    const [first, ...rest] = args
    if (first === undefined || first === '-p') return list(shell, rest)
    if (first === '-l') throw shell.unsimulated('trap -l')
    const isReset =
      first === '-' || rest.length === 0 || (/^\d+$/.test(first) && conditionOf(shell, first) !== undefined)
    const words = isReset && first !== '-' ? args : rest
    let status = 0
    for (const word of words) {
      const condition = conditionOf(shell, word)
      if (condition !== undefined) setTrap(shell, condition, isReset ? undefined : first)
      else if (shell.isBash) {
        complainOf(shell, 'trap', `${word}: invalid signal specification`)
        status = 1
      } else {
        shell.process.complain(`trap: ${word}: bad trap\n`)
        status = 1
      }
    }
    return status
  },
}

function list(shell: Shell, words: readonly string[]): number {
  const wanted = words.map(word => conditionOf(shell, word))
  const order = (name: string): number => (name === 'EXIT' ? 0 : isSignal(name) ? SIGNAL_NUMBER[name] : 100)
  for (const [name, command] of [...shell.traps].sort(([a], [b]) => order(a) - order(b))) {
    if (words.length > 0 && !wanted.includes(name)) continue
    const shown = shell.isBash && isSignal(name) ? `SIG${name}` : name
    shell.process.print(`trap -- ${quoteSingle(command)} ${shown}\n`)
  }
  return 0
}

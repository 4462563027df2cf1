import { KernelError, strerror } from '../../../src/host/errno.ts'
import { SIGNAL_NUMBER } from '../../process.ts'
import type { Shell } from '../shell.ts'
import { conditionOf, isSignal } from '../traps.ts'
import { type Builtin, complainOf } from './builtin.ts'

/** `kill`. */
export const kill: Builtin = {
  run(shell, argv) {
    const args = argv.slice(1)
    if (args[0] === '-l' || args[0] === '-L') return listSignals(shell, args.slice(1))
    let word = 'TERM'
    const [first] = args
    if (first === '-s' || (first === '-n' && shell.isBash)) {
      args.shift()
      word = args.shift() ?? ''
    } else if (first !== undefined && /^-./.test(first) && first !== '--') {
      args.shift()
      word = first.slice(1)
    }
    if (args[0] === '--') args.shift()
    if (args.length === 0) return usage(shell)
    const signal = word === '0' ? '0' : conditionOf(shell, word)
    if (signal === undefined || (signal !== '0' && !isSignal(signal))) {
      complainOf(
        shell,
        'kill',
        shell.isBash ? `${word}: invalid signal specification` : `invalid signal number or name: ${word}`,
      )
      return shell.isBash ? 1 : 2
    }
    let status = 0
    for (const target of args) status = send(shell, target, signal) || status
    return status
  },
}

function usage(shell: Shell): number {
  if (shell.isBash)
    shell.process.complain(
      'kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n',
    )
  else shell.complain('Usage: kill [-s sigspec | -signum | -sigspec] [pid | job]... or\nkill -l [exitstatus]')
  return 2
}

function send(shell: Shell, target: string, signal: string): number {
  const pid = target.startsWith('%') ? shell.jobs.pids[Number(target.slice(1)) - 1] : Number(target)
  if (pid === undefined) {
    complainOf(shell, 'kill', shell.isBash ? `${target}: no such job` : `No such job: ${target}`)
    return shell.isBash ? 1 : 2
  }
  if (!Number.isInteger(pid)) {
    complainOf(
      shell,
      'kill',
      shell.isBash ? `${target}: arguments must be process or job IDs` : `Illegal number: ${target}`,
    )
    return shell.isBash ? 1 : 2
  }
  if (pid <= 0) throw shell.unsimulated('kill of a process group')
  try {
    if (signal === '0') {
      if (shell.process.kernel.processes.get(pid) === undefined) throw new KernelError('ESRCH')
    } else if (isSignal(signal)) shell.process.kill(pid, signal)
    return 0
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    complainOf(
      shell,
      'kill',
      shell.isBash ? `(${pid}) - ${strerror(error.errno)}` : `${strerror(error.errno)}\n`,
    )
    return 1
  }
}

function listSignals(shell: Shell, words: readonly string[]): number {
  if (words.length === 0) throw shell.unsimulated('kill -l')
  for (const word of words) {
    const number = Number(word) > 128 ? Number(word) - 128 : Number(word)
    const name = Object.entries(SIGNAL_NUMBER).find(([, candidate]) => candidate === number)?.[0]
    if (name === undefined) throw shell.unsimulated(`kill -l ${word}`)
    shell.process.print(`${name}\n`)
  }
  return 0
}

import { KernelError, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { Process, SignalName } from '../process.ts'
import { withCommandLine } from './getopt.ts'
import { parseSignal } from './timeout.ts'

/** kill(1) of procps 4.0.2. */
export const kill = (process: Process): number => {
  const { signal, targets } = readWords(process)
  return Math.max(...targets.map(word => send(process, word, signal)))
}

withCommandLine(kill, process => void readWords(process))

function readWords(process: Process): { signal: SignalName | '0'; targets: readonly string[] } {
  const args = process.argv.slice(1)
  let signal: SignalName | '0' | undefined = 'TERM'
  const [first = ''] = args
  const isNamed = first === '-s' || first === '--signal'
  if (isNamed || /^-(\d+|[A-Z]\w*)$/.test(first)) {
    args.shift()
    const word = isNamed ? (args.shift() ?? '') : first.slice(1)
    signal = word === '0' ? '0' : parseSignal(word)
    if (signal === undefined) throw new Unsimulated('kill', `the signal ${word}`)
  } else if (first.startsWith('-') && first !== '--') throw new Unsimulated('kill', `the option ${first}`)
  if (args[0] === '--') args.shift()
  if (args.length === 0) throw new Unsimulated('kill', 'a command line without a pid')
  return { signal, targets: args }
}

function send(process: Process, word: string, signal: SignalName | '0'): number {
  if (!/^\d+$/.test(word)) throw new Unsimulated('kill', `the target ${word}`)
  try {
    if (signal !== '0') process.kill(Number(word), signal)
    else if (process.kernel.processes.get(Number(word)) === undefined) throw new KernelError('ESRCH')
    return 0
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    process.complain(`${process.name}: (${word}): ${strerror(error.errno)}\n`)
    return 1
  }
}

import { type ErrnoName, KernelError } from '../../src/host/errno.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { complain } from './coreutils.ts'
import { program } from './getopt.ts'
import { quoteIfNeeded } from './quote.ts'

/** tee(1) of coreutils 9.1. */
export const tee = program(
  { options: ['a,append', 'i,ignore-interrupts'], unsimulated: ['p', 'output-error::'] },
  function* (process, options): Blocking<number> {
    if (options.has('ignore-interrupts')) process.signalActions.set('INT', 'ignore')
    let status = 0
    const outputs: { fd: number; name: string }[] = [{ fd: 1, name: "'standard output'" }]
    for (const operand of options.operands) {
      const opened = open(process, operand, options.has('append'))
      if (typeof opened === 'number') outputs.push({ fd: opened, name: quoteIfNeeded(operand) })
      else status = complain(process, quoteIfNeeded(operand), opened.errno)
    }
    for (;;) {
      const bytes = yield* process.read(0)
      if (bytes.length === 0) return status
      for (const output of [...outputs]) {
        const errno = yield* write(process, output.fd, bytes)
        if (errno === undefined) continue
        outputs.splice(outputs.indexOf(output), 1)
        status = complain(process, output.name, errno)
      }
    }
  },
)

function open(process: Process, path: string, isAppending: boolean): number | { errno: ErrnoName } {
  try {
    return process.open(path, {
      write: true,
      create: true,
      ...(isAppending ? { append: true } : { truncate: true }),
    })
  } catch (error) {
    if (error instanceof KernelError) return { errno: error.errno }
    throw error
  }
}

function* write(process: Process, fd: number, bytes: Uint8Array): Blocking<ErrnoName | undefined> {
  try {
    yield* process.write(fd, bytes)
    return undefined
  } catch (error) {
    if (error instanceof KernelError) return error.errno
    throw error
  }
}

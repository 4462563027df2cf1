import { digestOf } from '../../src/host/digest.ts'
import { KernelError } from '../../src/host/errno.ts'
import { decodeText } from '../../src/host/surrogate-escape.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { complain } from './coreutils.ts'
import { type ParsedOptions, program } from './getopt.ts'
import { quoteIfNeeded } from './quote.ts'

/** sha256sum(1) of coreutils 9.1. */
export const sha256sum = program(
  {
    options: ['b,binary', 'c,check', 't,text', 'quiet', 'status'],
    unsimulated: ['ignore-missing', 'strict', 'tag', 'w,warn', 'z,zero'],
  },
  function* (process, options): Blocking<number> {
    let status = 0
    for (const operand of options.operands.length > 0 ? options.operands : ['-']) {
      const bytes = yield* content(process, operand)
      if (bytes === undefined) status = 1
      else if (options.has('check'))
        status = (yield* check(process, decodeText(bytes), { options, operand })) || status
      else yield* process.write(1, `${digestOf(bytes)} ${options.has('binary') ? '*' : ' '}${operand}\n`)
    }
    return status
  },
)

function* content(process: Process, operand: string): Blocking<Uint8Array | undefined> {
  let fd = 0
  try {
    if (operand !== '-') fd = process.open(operand, { read: true })
    return yield* process.readToEnd(fd)
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    complain(process, quoteIfNeeded(operand), error.errno)
    return undefined
  } finally {
    if (fd !== 0) process.close(fd)
  }
}

function* check(
  process: Process,
  list: string,
  { options, operand }: { options: ParsedOptions; operand: string },
): Blocking<number> {
  const wanted = [...list.matchAll(/^([0-9a-fA-F]{64}) [ *](.+)$/gm)]
  if (wanted.length === 0)
    return complain(process, `${quoteIfNeeded(operand)}: no properly formatted checksum lines found`)
  let failed = 0
  let unreadable = 0
  for (const [, digest = '', path = ''] of wanted) {
    const bytes = yield* content(process, path)
    const isRight = bytes !== undefined && digestOf(bytes) === digest.toLowerCase()
    if (bytes === undefined) unreadable++
    else if (!isRight) failed++
    const answer = isRight ? 'OK' : bytes === undefined ? 'FAILED open or read' : 'FAILED'
    if (!options.has('status') && !(isRight && options.has('quiet')))
      yield* process.write(1, `${path}: ${answer}\n`)
  }
  const plural = (count: number, one: string, many: string): string => (count === 1 ? one : many)
  if (unreadable > 0 && !options.has('status'))
    complain(
      process,
      `WARNING: ${unreadable} ${plural(unreadable, 'listed file', 'listed files')} could not be read`,
    )
  if (failed > 0 && !options.has('status'))
    complain(process, `WARNING: ${failed} computed ${plural(failed, 'checksum', 'checksums')} did NOT match`)
  return failed + unreadable > 0 ? 1 : 0
}

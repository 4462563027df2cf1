import { type ErrnoName, KernelError } from '../../src/host/errno.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { complain, errnoOf } from './coreutils.ts'
import { type ParsedOptions, program } from './getopt.ts'
import { quoteAlways } from './quote.ts'
import { CANNOT_INVOKE, NOT_FOUND } from './timeout.ts'

/** env(1) of coreutils 9.1. */
export const env = program(
  {
    options: ['0,null', 'C,chdir:', 'i,ignore-environment', 'u,unset:'],
    unsimulated: [
      'S,split-string:',
      'v,debug',
      'block-signal::',
      'default-signal::',
      'ignore-signal::',
      'list-signal-handling',
    ],
    isStoppingAtOperand: true,
    usageStatus: 125,
  },
  function* (process, options): Blocking<number> {
    const { variables, command } = environmentOf(process, options)
    const [name] = command
    if (name === undefined) {
      const end = options.has('null') ? '\0' : '\n'
      yield* process.write(1, [...variables].map(([key, value]) => `${key}=${value}${end}`).join(''))
      return 0
    }
    const directory = options.value('chdir')
    if (directory !== undefined) {
      const errno = errnoOf(() => process.readdir(directory))
      if (errno !== undefined) {
        complain(process, `cannot change directory to ${quoteAlways(directory)}`, errno)
        return 125
      }
      process.cwd = process.system.fs.realpath(process, directory)
    }
    return yield* become(process, command, variables)
  },
  { rewrite: argv => argv.map((word, index) => (index === 1 && word === '-' ? '-i' : word)) },
)

function environmentOf(
  process: Process,
  options: ParsedOptions,
): { variables: Map<string, string>; command: readonly string[] } {
  const variables = new Map(options.has('ignore-environment') ? [] : process.env)
  for (const name of options.values('unset')) variables.delete(name)
  const at = options.operands.findIndex(word => !word.includes('='))
  const assignments = at < 0 ? options.operands : options.operands.slice(0, at)
  for (const word of assignments)
    variables.set(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1))
  return { variables, command: at < 0 ? [] : options.operands.slice(at) }
}

/** env names only the program. */
function cannotRunEnv(process: Process, name: string, errno: ErrnoName): number {
  complain(process, quoteAlways(name), errno)
  return errno === 'ENOENT' ? NOT_FOUND : CANNOT_INVOKE
}

/** execvp(3): the process goes on as another program. */
export function* become(
  process: Process,
  command: readonly string[],
  variables: ReadonlyMap<string, string>,
  refuse = cannotRunEnv,
): Blocking<number> {
  const [name = ''] = command
  const path = process.which(name, variables.get('PATH'))
  try {
    if (path === undefined) return refuse(process, name, 'ENOENT')
    const program = process.execve(path, command, variables)
    const result = program(process)
    return typeof result === 'number' ? result : yield* result
  } catch (error) {
    if (error instanceof KernelError) return refuse(process, name, error.errno)
    throw error
  }
}

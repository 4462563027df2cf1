import { KernelError, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { ProcessRecord } from '../kernel/processes.ts'
import { type Process, type Program, SIGNAL_NUMBER, type SignalName } from '../process.ts'
import { posixRegExp } from '../shell/regular-expression.ts'
import { userId } from './accounts.ts'
import {
  commandLineOf,
  type ParsedOptions,
  type ProgramSettings,
  program,
  withCommandLine,
} from './getopt.ts'

const SELECTING = [
  'f,full',
  'x,exact',
  'u,euid:',
  'U,uid:',
  'P,parent:',
  'n,newest',
  'o,oldest',
  'v,inverse',
  'c,count',
]
const UNSIMULATED = [
  'i,ignore-case',
  'g,pgroup:',
  'G,group:',
  's,session:',
  't,terminal:',
  'F,pidfile:',
  'L,logpidfile',
].concat([
  'r,runstates:',
  'ns:',
  'nslist:',
  'A,ignore-ancestors',
  'O,older:',
  'cgroup:',
  'env:',
  'w,lightweight',
])

/** TASK_COMM_LEN without its NUL: what a process's name is cut to. */
const COMM_LENGTH = 15

const pgrep = program(
  {
    options: [...SELECTING, 'l,list-name', 'a,list-full', 'd,delimiter:'],
    unsimulated: UNSIMULATED,
    usageStatus: 2,
  },
  (process, options) => {
    const found = select(process, options)
    if (found === undefined) return 2
    if (options.has('count')) process.print(`${found.length}\n`)
    else if (found.length > 0) {
      const lines = found.map(record => lineOf(record, options))
      process.print(`${lines.join(options.value('delimiter') ?? '\n')}\n`)
    }
    return found.length > 0 ? 0 : 1
  },
)

function lineOf({ pid, comm, argv }: ProcessRecord, options: ParsedOptions): string {
  if (options.has('list-full')) return `${pid} ${argv.join(' ')}`
  return options.has('list-name') ? `${pid} ${comm}` : String(pid)
}

/** `pkill -9` and `pkill -HUP`: the signal is an option of its own. */
const rewrite: ProgramSettings['rewrite'] = argv =>
  argv.map(word => (/^-(?:\d+|(?:SIG)?[A-Z][A-Z0-9]+)$/.test(word) ? `--signal=${word.slice(1)}` : word))

const pkill = program(
  {
    options: [...SELECTING, 'signal:', 'e,echo'],
    unsimulated: ['q,queue:', 'm,mrelease', ...UNSIMULATED],
    usageStatus: 2,
  },
  (process, options) => {
    const signal = signalOf(options.value('signal') ?? 'TERM')
    const found = select(process, options)
    if (found === undefined) return 2
    let killed = 0
    for (const { pid, comm } of found) {
      if (!deliver(process, pid, signal)) continue
      killed++
      if (options.has('echo')) process.print(`${comm} killed (pid ${pid})\n`)
    }
    if (options.has('count')) process.print(`${found.length}\n`)
    return killed > 0 ? 0 : 1
  },
  { rewrite },
)

const TOOLS: Readonly<Record<string, Program>> = { pgrep, pkill }

/** pgrep(1) of procps, and pkill(1), which is the same program by another name. */
const pgrepOrPkill = withCommandLine(
  (process: Process): ReturnType<Program> => toolOf(process)(process),
  process => commandLineOf(toolOf(process))?.(process),
)

function toolOf(process: Process): Program {
  const tool = Object.hasOwn(TOOLS, process.name) ? TOOLS[process.name] : undefined
  if (tool === undefined) throw new Unsimulated(process.name, 'this name of pgrep')
  return tool
}

export { pgrepOrPkill as pgrep }

function deliver(process: Process, pid: number, signal: SignalName | undefined): boolean {
  try {
    if (signal !== undefined) process.kill(pid, signal)
    return true
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    if (error.errno !== 'ESRCH')
      process.complain(`pkill: killing pid ${pid} failed: ${strerror(error.errno)}\n`)
    return false
  }
}

/** Signal 0 is none: whether one could be sent. */
function signalOf(word: string): SignalName | undefined {
  if (word === '0') return undefined
  const name = word.replace(/^SIG/, '')
  const known = (Object.keys(SIGNAL_NUMBER) as SignalName[]).find(
    signal => signal === name || String(SIGNAL_NUMBER[signal]) === name,
  )
  if (known === undefined) throw new Unsimulated('pkill', `the signal ${word}`)
  return known
}

/** The processes that fit, by their PIDs; undefined where the command line is wrong, of which is told. */
function select(process: Process, options: ParsedOptions): readonly ProcessRecord[] | undefined {
  const name = process.argv[0]
  const [pattern, ...more] = options.operands
  const isSelecting = ['euid', 'uid', 'parent'].some(option => options.has(option))
  if (pattern === undefined && !isSelecting) return refuse(process, 'no matching criteria specified')
  if (more.length > 0) return refuse(process, 'only one pattern can be provided')
  const isLong = pattern !== undefined && pattern.length > COMM_LENGTH && !options.has('full')
  if (isLong && /^[\w-]+$/.test(pattern))
    process.complain(
      `${name}: pattern that searches for process name longer than 15 characters will result in zero matches\n` +
        `Try \`${name} -f' option to match against the complete command line.\n`,
    )
  const matcher =
    pattern === undefined ? undefined : posixRegExp(options.has('exact') ? `^(${pattern})$` : pattern)
  const found = [...process.kernel.processes.all.values()].filter(
    record =>
      record.pid !== process.pid &&
      isFitting(process, record, { options, matcher, hasPattern: pattern !== undefined }) !==
        options.has('inverse'),
  )
  if (options.has('newest')) return found.slice(-1)
  return options.has('oldest') ? found.slice(0, 1) : found
}

function isFitting(
  process: Process,
  record: ProcessRecord,
  {
    options,
    matcher,
    hasPattern,
  }: { options: ParsedOptions; matcher: RegExp | undefined; hasPattern: boolean },
): boolean {
  const list = (name: string): readonly string[] => options.values(name).flatMap(value => value.split(','))
  const users = [...list('euid'), ...list('uid')].map(user => userId(process, user))
  const parents = list('parent').map(Number)
  if (users.length > 0 && !users.includes(record.uid)) return false
  if (parents.length > 0 && !parents.includes(record.ppid)) return false
  if (!hasPattern) return true
  return matcher?.test(options.has('full') ? record.argv.join(' ') : record.comm) === true
}

function refuse(process: Process, message: string): undefined {
  const name = process.argv[0]
  process.complain(`${name}: ${message}\nTry \`${name} --help' for more information.\n`)
  return undefined
}

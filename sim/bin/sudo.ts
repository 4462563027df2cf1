import { KernelError, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { type Credentials, userCredentials } from '../kernel/credentials.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { type Account, accounts, groups, userName } from './accounts.ts'
import { type ParsedOptions, program } from './getopt.ts'
import { hasOwnRules, securePath, sudoRelease } from './sudoers.ts'

/** env_keep of sudo's defaults, as far as scripts here have such variables. */
const KEPT = [
  'COLORTERM',
  'DISPLAY',
  'HOSTNAME',
  'LANG',
  'LANGUAGE',
  'LC_ALL',
  'LC_COLLATE',
  'LC_CTYPE',
  'LC_MESSAGES',
  'LC_NUMERIC',
  'LC_TIME',
  'TERM',
  'TZ',
]

/** sudo(8) 1.9 for root, who may run everything as everybody; anybody else is asked for a password. */
export const sudo = program(
  {
    options: ['E,preserve-env::', 'H,set-home', 'n,non-interactive', 'u,user:'],
    unsimulated: [
      'A,askpass',
      'b,background',
      'C,close-from:',
      'D,chdir:',
      'e,edit',
      'g,group:',
      'h:',
      'i,login',
      'K,remove-timestamp',
      'k,reset-timestamp',
      'l,list',
      'P,preserve-groups',
      'p,prompt:',
      'R,chroot:',
      'r,role:',
      'S,stdin',
      's,shell',
      'T,command-timeout:',
      't,type:',
      'U,other-user:',
      'V',
      'v,validate',
    ],
    isStoppingAtOperand: true,
    hint: 'usage: sudo -h | -K | -k | -V',
  },
  function* (process, options): Blocking<number> {
    const target = targetOf(process, options.value('user') ?? 'root')
    if (target === undefined) return 1
    tellUnknownHost(process)
    if (process.credentials.uid !== 0) return askPassword(process, options)
    const { variables, command } = prepare(process, options, target)
    const [name] = command
    if (name === undefined) throw new Unsimulated('sudo', 'no command')
    const path = process.which(name, securePath(process))
    if (path === undefined) return refuse(process, `${name}: command not found`)
    const credentials = target.uid === 0 ? process.credentials : credentialsOf(process, target)
    try {
      return yield* process.spawn(path, command, { env: variables, credentials }).wait()
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      return refuse(
        process,
        error.errno === 'ENOENT'
          ? `${name}: command not found`
          : `unable to execute ${path}: ${strerror(error.errno)}`,
      )
    }
  },
)

/** The account that a program is to be of; undefined once it is told that there is none. */
function targetOf(process: Process, name: string): Account | undefined {
  if (name.startsWith('#')) throw new Unsimulated('sudo', 'a user by number')
  const account = accounts(process).find(known => known.name === name)
  if (account !== undefined) return account
  process.complain(`sudo: unknown user${sudoRelease(process).unknownUserMark} ${name}\n`)
  process.complain('sudo: error initializing audit plugin sudoers_audit\n')
  return undefined
}

/** Every run asks for the host's own address; no name server is ever reached here. */
function tellUnknownHost(process: Process): void {
  const { nodename } = process.kernel.uts.value
  const lines = process.readText('/etc/hosts').split('\n')
  const isKnown = lines.some(line => line.replace(/#.*/, '').split(/\s+/).slice(1).includes(nodename))
  if (isKnown) return
  process.complain(`sudo: unable to resolve host ${nodename}: Temporary failure in name resolution\n`)
}

/** Whom no rule lets run without a password: there is no terminal to ask at. */
function askPassword(process: Process, options: ParsedOptions): number {
  if (hasOwnRules(process)) throw new Unsimulated('sudo', 'rules of sudoers for others than root')
  if (!options.has('non-interactive')) {
    if (sudoRelease(process).isLecturing) throw new Unsimulated('sudo', 'its lecture')
    process.complain(
      'sudo: a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper\n',
    )
  }
  return refuse(process, 'a password is required')
}

function credentialsOf(process: Process, { name, uid, gid }: Account): Credentials {
  const others = groups(process).filter(group => group.gid === gid || group.members.includes(name))
  return userCredentials(
    uid,
    gid,
    others.map(group => group.gid),
  )
}

function refuse(process: Process, message: string): number {
  process.complain(`sudo: ${message}\n`)
  return 1
}

const homeOf = (process: Process, name: string): string =>
  accounts(process).find(account => account.name === name)?.home ?? '/'

function prepare(
  process: Process,
  options: ParsedOptions,
  target: Account,
): { variables: Map<string, string>; command: readonly string[] } {
  const at = options.operands.findIndex(word => !/^[A-Za-z_]\w*=/.test(word))
  const assignments = at < 0 ? options.operands : options.operands.slice(0, at)
  const isKeeping = options.has('preserve-env') && options.value('preserve-env') === undefined
  const named = (options.value('preserve-env') ?? '').split(',')
  const kept = [...process.env].filter(([name]) => isKeeping || KEPT.includes(name) || named.includes(name))
  const caller = userName(process, process.credentials.uid)
  const variables = new Map<string, string>([
    ...kept,
    ['PATH', securePath(process)],
    ...(isKeeping ? [] : [['MAIL', `/var/mail/${target.name}`] as const]),
    ['LOGNAME', target.name],
    ['USER', target.name],
    ['HOME', isKeeping ? (process.env.get('HOME') ?? target.home) : target.home],
    ['SHELL', target.shell],
    ['TERM', process.env.get('TERM') ?? 'unknown'],
    ['SUDO_COMMAND', options.operands.slice(Math.max(at, 0)).join(' ')],
    ['SUDO_USER', caller],
    ['SUDO_UID', String(process.credentials.uid)],
    ['SUDO_GID', String(process.credentials.gid)],
    ...(sudoRelease(process).isTellingHome ? [['SUDO_HOME', homeOf(process, caller)] as const] : []),
  ])
  for (const word of assignments)
    variables.set(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1))
  return { variables, command: at < 0 ? [] : options.operands.slice(at) }
}

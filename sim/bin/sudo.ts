import { KernelError, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { accounts, userName } from './accounts.ts'
import { type ParsedOptions, program } from './getopt.ts'

/** secure_path of Debian's /etc/sudoers. */
const SECURE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** env_keep of sudo's defaults, as far as scripts here have such variables. */
const KEPT = [
  'COLORTERM',
  'DISPLAY',
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

/** sudo(8) 1.9 for root, who may run everything; anybody else would need the rules of sudoers. */
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
    if (process.credentials.uid !== 0) throw new Unsimulated('sudo', 'a user other than root')
    if ((options.value('user') ?? 'root') !== 'root') throw new Unsimulated('sudo', 'another user')
    const { variables, command } = prepare(process, options)
    const [name] = command
    if (name === undefined) throw new Unsimulated('sudo', 'no command')
    const path = process.which(name, SECURE_PATH)
    if (path === undefined) return refuse(process, `${name}: command not found`)
    try {
      return yield* process.spawn(path, command, { env: variables }).wait()
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

function refuse(process: Process, message: string): number {
  process.complain(`sudo: ${message}\n`)
  return 1
}

function prepare(
  process: Process,
  options: ParsedOptions,
): { variables: Map<string, string>; command: readonly string[] } {
  const at = options.operands.findIndex(word => !/^[A-Za-z_]\w*=/.test(word))
  const assignments = at < 0 ? options.operands : options.operands.slice(0, at)
  const home = accounts(process).find(account => account.uid === 0)?.home ?? '/root'
  const isKeeping = options.has('preserve-env') && options.value('preserve-env') === undefined
  const named = (options.value('preserve-env') ?? '').split(',')
  const kept = [...process.env].filter(([name]) => isKeeping || KEPT.includes(name) || named.includes(name))
  const caller = userName(process, process.credentials.uid)
  const variables = new Map<string, string>([
    ...kept,
    ['PATH', SECURE_PATH],
    ['LOGNAME', 'root'],
    ['USER', 'root'],
    ['HOME', isKeeping ? (process.env.get('HOME') ?? home) : home],
    ['SHELL', '/bin/bash'],
    ['SUDO_COMMAND', options.operands.slice(Math.max(at, 0)).join(' ')],
    ['SUDO_USER', caller],
    ['SUDO_UID', String(process.credentials.uid)],
    ['SUDO_GID', String(process.credentials.gid)],
  ])
  for (const word of assignments)
    variables.set(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1))
  return { variables, command: at < 0 ? [] : options.operands.slice(at) }
}

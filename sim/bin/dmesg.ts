import { strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { isCapable } from '../kernel/credentials.ts'
import { LEVELS, type LogMessage } from '../kernel/log.ts'
import { type ParsedOptions, program, UsageError } from './getopt.ts'
import { printVersion } from './util-linux.ts'

/**
 * dmesg(1) of util-linux. The buffer has what the simulated kernel logs itself (modules, lockdown); of what a real one
 * logs while it boots there is nothing.
 */
export const dmesg = program(
  {
    options: [
      'C,clear',
      'c,read-clear',
      'k,kernel',
      'l,level:',
      'r,raw',
      't,notime',
      'x,decode',
      'P,nopager',
      'V,version',
    ],
    unsimulated: [
      'D,console-off',
      'd,show-delta',
      'E,console-on',
      'e,reltime',
      'F,file:',
      'f,facility:',
      'H,human',
      'J,json',
      'L,color::',
      'n,console-level:',
      'p,force-prefix',
      'S,syslog',
      's,buffer-size:',
      'T,ctime',
      'time-format:',
      'u,userspace',
      'W,follow-new',
      'w,follow',
      'since:',
      'until:',
      'noescape',
    ],
  },
  (process, options) => {
    if (options.has('version')) return printVersion(process, 'dmesg')
    const { log, sysctl } = process.kernel
    const isRestricted = sysctl.entry('kernel/dmesg_restrict')?.value === '1'
    const isClearing = options.has('clear') || options.has('read-clear')
    const isPermitted =
      isCapable(process.credentials, 'cap_syslog') || isCapable(process.credentials, 'cap_sys_admin')
    if (!isPermitted && (isRestricted || isClearing)) {
      const call = options.has('clear') ? 'clear kernel buffer' : 'read kernel buffer'
      process.complain(`dmesg: ${call} failed: ${strerror('EPERM')}\n`)
      return 1
    }
    const levels = levelsOf(process.argv[0] ?? '', options)
    if (!options.has('clear'))
      for (const message of log.all)
        if (levels === undefined || levels.includes(message.level))
          process.print(`${lineOf(message, options)}\n`)
    if (isClearing) log.clear()
    return 0
  },
)

function levelsOf(name: string, options: ParsedOptions): readonly string[] | undefined {
  const list = options.value('level')?.split(',')
  const unknown = list?.find(level => !LEVELS.some(known => known === level))
  if (unknown !== undefined && /\+$/.test(unknown)) throw new Unsimulated('dmesg', `the level ${unknown}`)
  if (unknown !== undefined) throw new UsageError(`${name}: unknown level '${unknown}'\n`, 1)
  return list
}

function lineOf({ monotonicNs, level, text }: LogMessage, options: ParsedOptions): string {
  const seconds = `[${(monotonicNs / 1e9).toFixed(6).padStart(12)}] `
  if (options.has('raw')) return `<${LEVELS.indexOf(level)}>${seconds}${text}`
  const decoded = options.has('decode') ? `kern  :${level.padEnd(6)}: ` : ''
  return `${decoded}${options.has('notime') ? '' : seconds}${text}`
}

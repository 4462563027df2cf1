import { type ErrnoName, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import { errnoOf } from './coreutils.ts'
import { program, usageError } from './getopt.ts'
import { readFstab } from './libmount.ts'
import { printVersion } from './util-linux.ts'

/** Where mkswap(8) leaves its signature: at the end of the first page (include/linux/swap.h). */
const SIGNATURE_AT = 4096 - 10
const SIGNATURE = 'SWAPSPACE2'

const FAILED = 255

/** swapon(8) of util-linux. What it says of swap that cannot be used; swap that can is not modelled. */
export const swapon = program(
  {
    options: [
      'a,all',
      's,summary',
      'show::',
      'e,ifexists',
      'noheadings',
      'raw',
      'bytes',
      'v,verbose',
      'V,version',
    ],
    unsimulated: ['d,discard::', 'f,fixpgsz', 'L:', 'U:', 'o,options:', 'p,priority:', 'output-all'],
  },
  (process, options) => {
    if (options.has('version')) return printVersion(process, 'swapon')
    if (options.has('ifexists') && !options.has('all')) throw usageError(process, 'bad usage')
    const isAsking = options.has('summary') || options.has('show')
    if (isAsking || (options.operands.length === 0 && !options.has('all'))) return show(process)
    let status = 0
    if (options.has('all')) status = turnOnAll(process)
    for (const operand of options.operands) status |= turnOn(process, operand)
    return status
  },
)

/** Nothing is said where there is none. */
function show(process: Process): number {
  if (swapsOf(process).length > 0) throw new Unsimulated('swapon', 'swap that is in use')
  return 0
}

/** The rows of /proc/swaps. */
export const swapsOf = (process: Process): readonly string[] =>
  process.readText('/proc/swaps').trimEnd().split('\n').slice(1)

function turnOnAll(process: Process): number {
  let status = 0
  for (const { source, fstype, options } of readFstab(process)) {
    if (fstype !== 'swap' || options.includes('noauto')) continue
    const isSparing = options.includes('nofail')
    if (/^(?:LABEL|UUID|PARTLABEL|PARTUUID)=/.test(source)) {
      if (isSparing) continue
      throw new Unsimulated('swapon', `${source} of fstab`)
    }
    if (isSparing && !process.canAccess(source, 'read')) continue
    status |= turnOn(process, source)
  }
  return status
}

function turnOn(process: Process, path: string): number {
  const complain = (text: string): number => {
    process.complain(`${process.argv[0]}: ${text}\n`)
    return FAILED
  }
  const errno: ErrnoName | undefined = errnoOf(() => process.readFile(path).length)
  if (errno !== undefined) return complain(`cannot open ${path}: ${strerror(errno)}`)
  const { type, mode, uid } = process.stat(path)
  if (type !== 'file') throw new Unsimulated('swapon', path)
  if ((mode & 0o077) !== 0) complain(`${path}: insecure permissions 0${mode.toString(8)}, 0600 suggested.`)
  if (uid !== 0) complain(`${path}: insecure file owner ${uid}, 0 (root) suggested.`)
  const header = process.readFile(path).subarray(SIGNATURE_AT, SIGNATURE_AT + SIGNATURE.length)
  if (String.fromCharCode(...header) === SIGNATURE) throw new Unsimulated('swapon', `${path}, which has swap`)
  return complain(`${path}: read swap header failed`)
}

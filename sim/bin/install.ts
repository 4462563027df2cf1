import type { Process } from '../process.ts'
import { groupId, userId } from './accounts.ts'
import { copy } from './copy.ts'
import { complain, dirName, errnoOf, isDirectory, lstatIfThere } from './coreutils.ts'
import { movesOf } from './destination.ts'
import { type ParsedOptions, program, usageError } from './getopt.ts'
import { parseMode } from './mode.ts'
import { quote, quoteAlways } from './quote.ts'

interface Attributes {
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/** install(1) of coreutils 9.1. */
export const install = program(
  {
    options: [
      'd,directory',
      'D',
      'g,group:',
      'm,mode:',
      'o,owner:',
      'p,preserve-timestamps',
      't,target-directory:',
      'T,no-target-directory',
      'v,verbose',
      'c',
    ],
    unsimulated: [
      'b',
      'backup::',
      'C,compare',
      's,strip',
      'strip-program:',
      'S,suffix:',
      'preserve-context',
      'Z',
      'context::',
    ],
  },
  (process, options) => {
    const attributes = attributesOf(process, options)
    if (attributes === undefined) return 1
    if (options.has('directory')) return makeAll(process, options, attributes)
    const last = options.operands.at(-1)
    const wanted =
      options.value('target-directory') ??
      (last === undefined || options.operands.length < 2 ? undefined : dirName(last))
    if (options.has('D') && wanted !== undefined) makeParents(process, wanted)
    const moves = movesOf(process, options)
    if (typeof moves === 'number') return moves
    let status = 0
    for (const { from, to } of moves)
      status = installOne(process, { from, to }, { options, attributes }) || status
    return status
  },
)

function attributesOf(process: Process, options: ParsedOptions): Attributes | undefined {
  const text = options.value('mode') ?? '755'
  const change = parseMode(text)
  if (change === undefined) {
    complain(process, `invalid mode ${quote(process, text)}`)
    return undefined
  }
  const owner = options.value('owner')
  const group = options.value('group')
  const uid = owner === undefined ? -1 : userId(process, owner)
  const gid = group === undefined ? -1 : groupId(process, group)
  if (uid === undefined) complain(process, `invalid user ${quote(process, owner ?? '')}`)
  else if (gid === undefined) complain(process, `invalid group ${quote(process, group ?? '')}`)
  else return { mode: change(0, { isDirectory: false, umask: 0 }), uid, gid }
  return undefined
}

function makeAll(process: Process, options: ParsedOptions, attributes: Attributes): number {
  if (options.operands.length === 0) throw usageError(process, 'missing file operand')
  let status = 0
  for (const path of options.operands) {
    const isNew = !isDirectory(process, path)
    makeParents(process, dirName(path))
    const errno = isNew ? errnoOf(() => process.mkdir(path, 0o755)) : undefined
    if (errno !== undefined) status = complain(process, `cannot create directory ${quoteAlways(path)}`, errno)
    else {
      if (isNew && options.has('verbose'))
        process.print(`${process.argv[0]}: creating directory ${quoteAlways(path)}\n`)
      status = apply(process, path, attributes) || status
    }
  }
  return status
}

/** Missing parents have mode 0755, whatever -m says. */
function makeParents(process: Process, path: string): void {
  if (process.exists(path)) return
  makeParents(process, dirName(path))
  if (errnoOf(() => process.mkdir(path, 0o755)) === undefined) process.chmod(path, 0o755)
}

function installOne(
  process: Process,
  { from, to }: { from: string; to: string },
  { options, attributes }: { options: ParsedOptions; attributes: Attributes },
): number {
  const missing = errnoOf(() => process.stat(from))
  if (missing !== undefined) return complain(process, `cannot stat ${quoteAlways(from)}`, missing)
  if (isDirectory(process, from)) return complain(process, `omitting directory ${quoteAlways(from)}`)
  // The old file is unlinked first: whoever has it open keeps it.
  if (lstatIfThere(process, to) !== undefined && !isDirectory(process, to)) process.unlink(to)
  const status = copy(process, from, to, {
    isRecursive: false,
    isKeepingLinks: false,
    preserved: new Set(options.has('preserve-timestamps') ? ['timestamps'] : []),
    isForced: false,
    isKeepingExisting: false,
    isOnlyNewer: false,
    isVerbose: options.has('verbose'),
  })
  return status === 0 ? apply(process, to, attributes) : status
}

function apply(process: Process, path: string, { mode, uid, gid }: Attributes): number {
  const errno = uid === -1 && gid === -1 ? undefined : errnoOf(() => process.chown(path, uid, gid))
  if (errno !== undefined) return complain(process, `cannot change ownership of ${quoteAlways(path)}`, errno)
  process.chmod(path, mode)
  return 0
}

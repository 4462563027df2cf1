import { KernelError } from '../../src/host/errno.ts'
import type { Process } from '../process.ts'
import { accounts, groupId, groupName, userId, userName } from './accounts.ts'
import { complain, errnoOf, joinPath } from './coreutils.ts'
import { type ParsedOptions, program, usageError } from './getopt.ts'
import { quote, quoteAlways } from './quote.ts'

/** -1 leaves an id as it is. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

const OPTIONS = [
  'c,changes',
  'f,silent',
  'quiet',
  'h,no-dereference',
  'dereference',
  'R,recursive',
  'v,verbose',
  'reference:',
  'preserve-root',
  'no-preserve-root',
  'P',
]
const UNSIMULATED = ['H', 'L', 'from:']

/** `user`, `user:group`, `:group`, `user:`; or what is wrong with it. */
export function parseOwner(process: Process, text: string): Owner | { readonly problem: string } {
  const at = text.search(/[:.]/)
  const user = at < 0 || text.includes(':') ? (text.split(':')[0] ?? '') : text.slice(0, at)
  const group = text.includes(':')
    ? text.slice(text.indexOf(':') + 1)
    : at < 0
      ? undefined
      : text.slice(at + 1)
  const uid = user === '' ? -1 : userId(process, user)
  if (uid === undefined) return { problem: `invalid user: ${quote(process, text)}` }
  if (group === undefined) return { uid, gid: -1 }
  const login = accounts(process).find(account => account.uid === uid)
  const gid = group === '' ? (user === '' ? -1 : login?.gid) : groupId(process, group)
  return gid === undefined ? { problem: `invalid group: ${quote(process, text)}` } : { uid, gid }
}

/** chown(1) of coreutils 9.1. */
export const chown = program({ options: OPTIONS, unsimulated: UNSIMULATED }, (process, options) =>
  change(process, options, { kind: 'ownership', parse: text => parseOwner(process, text) }),
)

/** chgrp(1) of coreutils 9.1. */
export const chgrp = program({ options: OPTIONS, unsimulated: UNSIMULATED }, (process, options) =>
  change(process, options, {
    kind: 'group',
    parse: text => {
      const gid = groupId(process, text)
      return gid === undefined ? { problem: `invalid group: ${quote(process, text)}` } : { uid: -1, gid }
    },
  }),
)

interface Changing {
  readonly kind: 'ownership' | 'group'
  parse(text: string): Owner | { readonly problem: string }
}

function change(process: Process, options: ParsedOptions, { kind, parse }: Changing): number {
  const reference = options.value('reference')
  const [first, ...rest] = options.operands
  const files = reference === undefined ? rest : options.operands
  if (first === undefined) throw usageError(process, 'missing operand')
  if (files.length === 0) throw usageError(process, `missing operand after ${quote(process, first)}`)
  const owner = reference === undefined ? parse(first) : process.stat(reference)
  if ('problem' in owner) return complain(process, owner.problem)
  let status = 0
  for (const path of files) status = changeOne(process, path, { owner, kind, options }) || status
  return status
}

interface Subject {
  readonly owner: Owner
  readonly kind: string
  readonly options: ParsedOptions
}

function changeOne(process: Process, path: string, subject: Subject): number {
  const { owner, kind, options } = subject
  const isFollowing = !options.has('no-dereference') && !options.has('recursive')
  const isQuiet = options.has('silent') || options.has('quiet')
  let before: Owner & { type: string }
  try {
    before = isFollowing ? process.stat(path) : process.lstat(path)
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    return isQuiet ? 1 : complain(process, `cannot access ${quoteAlways(path)}`, error.errno)
  }
  const errno = errnoOf(() => process.chown(path, owner.uid, owner.gid, isFollowing))
  if (errno !== undefined)
    return isQuiet ? 1 : complain(process, `changing ${kind} of ${quoteAlways(path)}`, errno)
  tell(process, path, { before, subject })
  let status = 0
  if (options.has('recursive') && before.type === 'directory')
    for (const name of process.readdir(path))
      status = changeOne(process, joinPath(path, name), subject) || status
  return status
}

function tell(
  process: Process,
  path: string,
  { before, subject }: { before: Owner; subject: Subject },
): void {
  const { owner, kind, options } = subject
  const isChanged =
    (owner.uid !== -1 && owner.uid !== before.uid) || (owner.gid !== -1 && owner.gid !== before.gid)
  if (!options.has('verbose') && !(options.has('changes') && isChanged)) return
  const named = (uid: number, gid: number): string => {
    const user = uid === -1 ? '' : userName(process, uid)
    return gid === -1
      ? user
      : kind === 'group'
        ? groupName(process, gid)
        : `${user}:${groupName(process, gid)}`
  }
  const old = named(owner.uid === -1 ? -1 : before.uid, owner.gid === -1 ? -1 : before.gid)
  if (isChanged)
    process.print(`changed ${kind} of ${quoteAlways(path)} from ${old} to ${named(owner.uid, owner.gid)}\n`)
  else process.print(`${kind} of ${quoteAlways(path)} retained as ${old}\n`)
}

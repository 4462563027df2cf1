import type { Process } from '../process.ts'
import { accounts, groupName, groups, userName } from './accounts.ts'
import { complain } from './coreutils.ts'
import { type ParsedOptions, program } from './getopt.ts'
import { quote } from './quote.ts'

interface Identity {
  readonly uid: number
  readonly gid: number
  readonly groups: readonly number[]
}

/** id(1) of coreutils 9.1. */
export const id = program(
  {
    options: ['g,group', 'G,groups', 'n,name', 'r,real', 'u,user'],
    unsimulated: ['a', 'Z,context', 'z,zero'],
  },
  (process, options) => {
    const [name] = options.operands
    const identity = name === undefined ? process.credentials : identityOf(process, name)
    if (identity === undefined) return complain(process, `${quote(process, name ?? '')}: no such user`)
    const isSelecting = options.has('group') || options.has('groups') || options.has('user')
    if (options.has('name') && !isSelecting)
      return complain(process, 'cannot print only names or real IDs in default format')
    process.print(`${isSelecting ? selected(process, identity, options) : everything(process, identity)}\n`)
    return 0
  },
)

function identityOf(process: Process, name: string): Identity | undefined {
  const account = accounts(process).find(
    candidate => candidate.name === name || String(candidate.uid) === name,
  )
  if (account === undefined) return undefined
  const member = groups(process).filter(group => group.members.includes(account.name))
  return { uid: account.uid, gid: account.gid, groups: member.map(group => group.gid) }
}

const allGroups = ({ gid, groups: supplementary }: Identity): readonly number[] => [
  ...new Set([gid, ...supplementary]),
]

function selected(process: Process, identity: Identity, options: ParsedOptions): string {
  const isName = options.has('name')
  if (options.has('user')) return isName ? userName(process, identity.uid) : String(identity.uid)
  const ids = options.has('groups') ? allGroups(identity) : [identity.gid]
  return ids.map(gid => (isName ? groupName(process, gid) : String(gid))).join(' ')
}

function everything(process: Process, identity: Identity): string {
  const named = (number: number, name: string): string =>
    name === String(number) ? name : `${number}(${name})`
  const list = allGroups(identity).map(gid => named(gid, groupName(process, gid)))
  const user = named(identity.uid, userName(process, identity.uid))
  return `uid=${user} gid=${named(identity.gid, groupName(process, identity.gid))} groups=${list.join(',')}`
}

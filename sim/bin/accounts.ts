import { KernelError } from '../../src/host/errno.ts'
import type { Process } from '../process.ts'

export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
  readonly shell: string
}

/** getpwent(3): the lines of /etc/passwd. */
export const accounts = (process: Process): readonly Account[] =>
  fields(process, '/etc/passwd').flatMap(([name = '', , uid, gid, , home = '', shell = '']) =>
    gid === undefined ? [] : [{ name, uid: Number(uid), gid: Number(gid), home, shell }],
  )

/** getgrent(3): names, ids and members of /etc/group. */
export const groups = (
  process: Process,
): readonly { name: string; gid: number; members: readonly string[] }[] =>
  fields(process, '/etc/group').flatMap(([name = '', , gid, members = '']) =>
    gid === undefined ? [] : [{ name, gid: Number(gid), members: members.split(',').filter(Boolean) }],
  )

/** getpwuid(3) and getgrgid(3) for a listing: the number where there is no name. */
export const userName = (process: Process, uid: number): string =>
  accounts(process).find(account => account.uid === uid)?.name ?? String(uid)

export const groupName = (process: Process, gid: number): string =>
  groups(process).find(group => group.gid === gid)?.name ?? String(gid)

/** The id behind a name or a number; undefined where it is neither. */
export const userId = (process: Process, text: string): number | undefined =>
  accounts(process).find(account => account.name === text)?.uid ??
  (/^\d+$/.test(text) ? Number(text) : undefined)

export const groupId = (process: Process, text: string): number | undefined =>
  groups(process).find(group => group.name === text)?.gid ?? (/^\d+$/.test(text) ? Number(text) : undefined)

/** What a file of these said when it was read last: programs ask again and again. */
const lastRead = new Map<string, { readonly text: string; readonly rows: readonly (readonly string[])[] }>()

function fields(process: Process, path: string): readonly (readonly string[])[] {
  try {
    const text = process.readText(path)
    let last = lastRead.get(path)
    if (last?.text !== text) {
      last = { text, rows: text.split('\n').map(line => line.split(':')) }
      lastRead.set(path, last)
    }
    return last.rows
  } catch (error) {
    if (error instanceof KernelError) return []
    throw error
  }
}

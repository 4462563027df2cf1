import { KernelError } from '../../src/host/errno.ts'
import { type Credentials, isCapable } from '../kernel/credentials.ts'
import type { Attributes } from './driver.ts'

/** What access(2) asks for, but for mere existence. */
export type Permission = 'read' | 'write' | 'execute'

const ACCESS_BIT: Readonly<Record<Permission, number>> = { read: 4, write: 2, execute: 1 }

/** generic_permission() of fs/namei.c: owner, group or other bits, then the capabilities that override them. */
export function isPermitted(credentials: Credentials, file: Attributes, mask: Permission): boolean {
  const isGroup = credentials.gid === file.gid || credentials.groups.includes(file.gid)
  const shift = credentials.uid === file.uid ? 6 : isGroup ? 3 : 0
  if ((file.mode >> shift) & ACCESS_BIT[mask]) return true
  if (file.isStrict) return false
  if (file.type === 'directory') {
    if (isCapable(credentials, 'cap_dac_override')) return true
    return mask !== 'write' && isCapable(credentials, 'cap_dac_read_search')
  }
  if (mask === 'execute') return (file.mode & 0o111) !== 0 && isCapable(credentials, 'cap_dac_override')
  return (
    isCapable(credentials, 'cap_dac_override') ||
    (mask === 'read' && isCapable(credentials, 'cap_dac_read_search'))
  )
}

/** EACCES unless it is permitted. */
export function check(credentials: Credentials, file: Attributes, mask: Permission): void {
  if (!isPermitted(credentials, file, mask)) throw new KernelError('EACCES')
}

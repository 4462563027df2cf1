import { KernelError } from '../../src/host/errno.ts'
import type { SimStat } from '../fs/vfs.ts'
import type { Process } from '../process.ts'

/** The unary operators of test(1) that look at files. */
export const FILE_OPERATORS = [...'abcdefghkprsuwxGLNOS'].map(letter => `-${letter}`)

/** `-f path` and its kin. */
export function testFile(process: Process, operator: string, path: string): boolean {
  switch (operator) {
    case '-r':
      return process.canAccess(path, 'read')
    case '-w':
      return process.canAccess(path, 'write')
    case '-x':
      return process.canAccess(path, 'execute')
    case '-h':
    case '-L':
      return statOf(process, path, false)?.type === 'symlink'
    default: {
      const stat = statOf(process, path)
      return stat !== undefined && (TESTS[operator]?.(stat, process) ?? false)
    }
  }
}

const TESTS: Readonly<Record<string, (stat: SimStat, process: Process) => boolean>> = {
  '-a': () => true,
  '-e': () => true,
  '-b': stat => stat.type === 'block-device',
  '-c': stat => stat.type === 'char-device',
  '-d': stat => stat.type === 'directory',
  '-f': stat => stat.type === 'file',
  '-p': stat => stat.type === 'fifo',
  '-S': stat => stat.type === 'socket',
  '-s': stat => stat.sizeBytes > 0,
  '-u': stat => (stat.mode & 0o4000) !== 0,
  '-g': stat => (stat.mode & 0o2000) !== 0,
  '-k': stat => (stat.mode & 0o1000) !== 0,
  '-O': (stat, process) => stat.uid === process.credentials.uid,
  '-G': (stat, process) => stat.gid === process.credentials.gid,
}

/** `-nt`, `-ot`, `-ef`: a file that is missing is older than any. */
export function compareFiles(process: Process, operator: string, left: string, right: string): boolean {
  const [a, b] = [statOf(process, left), statOf(process, right)]
  if (operator === '-ef') return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev
  const [newer, older] = operator === '-nt' ? [a, b] : [b, a]
  if (newer === undefined) return false
  return older === undefined || newer.mtimeSeconds > older.mtimeSeconds
}

function statOf(process: Process, path: string, isFollowing = true): SimStat | undefined {
  try {
    return isFollowing ? process.stat(path) : process.lstat(path)
  } catch (error) {
    if (error instanceof KernelError) return undefined
    throw error
  }
}

import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { ADMIN_DIRECTORY } from './database.ts'

/** The lock of apt and its like, and the one of dpkg: fcntl(2) locks, which nobody holds across programs here. */
const LOCKS = [`${ADMIN_DIRECTORY}/lock-frontend`, `${ADMIN_DIRECTORY}/lock`]

const held = new WeakSet<object>()

/** Runs `body` while this process holds dpkg's locks; two at a time are not modelled. */
export function* withPackageLock<T>(process: Process, body: () => Blocking<T>): Blocking<T> {
  for (const path of LOCKS) if (!process.exists(path)) process.writeFile(path, '', { mode: 0o640 })
  const { locks } = process.system
  if (held.has(locks)) throw new Unsimulated(process.name, 'waiting for the lock of another package manager')
  held.add(locks)
  try {
    return yield* body()
  } finally {
    held.delete(locks)
  }
}

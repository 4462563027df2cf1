import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { isInstalled } from './command.ts'
import { holdLock } from './file-lock.ts'

/** Where what is dear to build is kept: `$XDG_CACHE_HOME/seatrial`, by default `~/.cache/seatrial`. */
export function cacheDirectory(): string {
  const base = process.env.XDG_CACHE_HOME
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'seatrial')
}

/** A short name for what something is made of: the first 16 hex digits of a SHA-256. */
export function keyOf(...parts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part)
  return hash.digest('hex').slice(0, 16)
}

/**
 * The directory `name` in the cache, made by `make` when it is not there. It appears whole or not at all; two
 * processes that want the same one make it once.
 */
export async function cachedDirectory(
  name: string,
  make: (directory: string) => Promise<void>,
): Promise<string> {
  const final = join(cacheDirectory(), name)
  return withLock(name.replaceAll('/', '-'), async () => {
    if (existsSync(final)) return final
    const partial = `${final}.partial`
    rmSync(partial, { recursive: true, force: true })
    mkdirSync(partial, { recursive: true })
    try {
      await make(partial)
      renameSync(partial, final)
    } finally {
      rmSync(partial, { recursive: true, force: true })
    }
    return final
  })
}

/**
 * Runs `body` while no other process of this machine runs one under the same name. Where there is no flock(1) it just runs:
 * what has to be made once is made on Linux only.
 */
export async function withLock<T>(name: string, body: () => Promise<T>): Promise<T> {
  if (!(await isInstalled('flock'))) return body()
  const lock = await holdLock(join(cacheDirectory(), 'locks', name), 'exclusive')
  try {
    return await body()
  } finally {
    lock.release()
  }
}

/** Whether there is a process with this number. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

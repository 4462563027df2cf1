import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/** A lock that is held. */
export interface HeldLock {
  release(): void
}

/**
 * Takes flock(2) on a file, waiting for it. A process of its own holds it until its standard input ends: at `release`, or
 * when this process ends, however it ends.
 */
export async function holdLock(path: string, kind: 'shared' | 'exclusive'): Promise<HeldLock> {
  mkdirSync(dirname(path), { recursive: true })
  const command = [`--${kind}`, '--no-fork', path, 'sh', '-c', 'echo held; exec cat >/dev/null']
  const holder = spawn('flock', command, { stdio: ['pipe', 'pipe', 'inherit'] })
  await new Promise((resolve, reject) => {
    holder.stdout.once('data', resolve)
    holder.once('error', reject)
    holder.once('exit', () => reject(new Error(`flock ended without the lock on ${path}`)))
  })
  holder.stdout.destroy()
  holder.unref()
  if ('unref' in holder.stdin && typeof holder.stdin.unref === 'function') holder.stdin.unref()
  return { release: () => holder.stdin.end() }
}

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { cacheDirectory, cachedDirectory, isRunning, keyOf, withLock } from '../../../containers/cache.ts'

const NOBODY = 2 ** 22 + 1

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'seatrial-test-'))
  vi.stubEnv('XDG_CACHE_HOME', directory)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(directory, { recursive: true, force: true })
})

test('the cache lies below XDG_CACHE_HOME', () => {
  expect(cacheDirectory()).toBe(join(directory, 'seatrial'))
})

test('the parts of a key do not run into one another', () => {
  expect(keyOf('ab', 'c')).not.toBe(keyOf('a', 'bc'))
})

test('a directory is made once, by the first of two that want it', async () => {
  let made = 0
  const make = async (target: string) => {
    made += 1
    writeFileSync(join(target, 'made'), 'whole')
  }
  const [first, second] = await Promise.all([cachedDirectory('x/y', make), cachedDirectory('x/y', make)])
  expect([first, made]).toEqual([second, 1])
  expect(readFileSync(join(first, 'made'), 'utf8')).toBe('whole')
})

test('a directory whose making failed is not there', async () => {
  const make = async (target: string) => {
    writeFileSync(join(target, 'half'), '')
    throw new Error('no space')
  }
  await expect(cachedDirectory('x', make)).rejects.toThrow('no space')
  expect(existsSync(join(cacheDirectory(), 'x'))).toBe(false)
  expect(existsSync(join(cacheDirectory(), 'x.partial'))).toBe(false)
})

test('two bodies under one name do not overlap, and one that throws lets the next one in', async () => {
  const seen: string[] = []
  const body = (name: string) => async () => {
    seen.push(`${name} in`)
    await new Promise(resolve => setImmediate(resolve))
    seen.push(`${name} out`)
    throw new Error(name)
  }
  await Promise.allSettled([withLock('x', body('a')), withLock('x', body('b'))])
  expect(seen.map(word => word.split(' ')[1])).toEqual(['in', 'out', 'in', 'out'])
})

test('a process number that no process has is not running, our own is', () => {
  expect([isRunning(process.pid), isRunning(NOBODY)]).toEqual([true, false])
})

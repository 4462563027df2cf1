import { describe, expect, it } from 'vitest'
import type { UnitFact } from '../../../../src/engine/facts/units.ts'
import {
  formatStamp,
  type LoadedFile,
  loadDigest,
  parseStamp,
  staleReason,
} from '../../../../src/engine/stamp.ts'

const RELEASE = '1.6.20'
const STARTED = 1_000
const unit = (mainPid: number, startedMonotonic: number): UnitFact => ({
  id: 'containerd.service',
  loadState: 'loaded',
  activeState: 'active',
  subState: 'running',
  unitFileState: 'enabled',
  mainPid,
  startedMonotonic,
  startedSeconds: STARTED,
  needsDaemonReload: false,
})
const file = (text: string, ctimeSeconds: number | undefined): LoadedFile => ({
  path: '/etc/c',
  text,
  ctimeSeconds,
})
const stampFor = (text: string) => ({
  digest: loadDigest(RELEASE, [file(text, 0)]),
  supersedes: { pid: 10, startedMonotonic: 5 },
})

/** Whether the running process must be restarted. */
const isStale = (
  running: UnitFact,
  files: readonly LoadedFile[],
  stamp = undefined as ReturnType<typeof stampFor> | undefined,
) => staleReason({ unit: running, stamp, release: RELEASE, files }) !== undefined

describe('what a running service has loaded', () => {
  it('with a stamp: another process runs than the one that was to be replaced, and the files are the same', () => {
    expect(isStale(unit(20, 9), [file('new', STARTED + 50)], stampFor('new'))).toBe(false)
  })

  it('with a stamp: the process that was to be replaced still runs', () => {
    expect(isStale(unit(10, 5), [file('new', 0)], stampFor('new'))).toBe(true)
  })

  it('a process with the same PID that was started later is another one', () => {
    expect(isStale(unit(10, 6), [file('new', STARTED + 50)], stampFor('new'))).toBe(false)
  })

  it('with a stamp of other files the times decide', () => {
    expect(isStale(unit(20, 9), [file('edited', STARTED - 1)], stampFor('new'))).toBe(false)
    expect(isStale(unit(20, 9), [file('edited', STARTED + 1)], stampFor('new'))).toBe(true)
  })

  it('without a stamp a file that changed before the start is loaded', () => {
    expect(isStale(unit(20, 9), [file('a', STARTED - 0.5)])).toBe(false)
  })

  it('in doubt it is restarted: in the same second, or when a time is not known', () => {
    expect(isStale(unit(20, 9), [file('a', STARTED + 0.3)])).toBe(true)
    expect(isStale(unit(20, 9), [file('a', undefined)])).toBe(true)
    const { startedSeconds: _, ...unknown } = unit(20, 9)
    expect(isStale(unknown, [file('a', 0)])).toBe(true)
  })
})

describe('a stamp', () => {
  it('comes back as it was written', () => {
    expect(parseStamp(formatStamp(stampFor('a')))).toEqual(stampFor('a'))
  })

  it.each([
    '',
    '{',
    '[]',
    'null',
    '{"digest":1}',
    '{"digest":"a","supersedes":{"pid":"1","startedMonotonic":2}}',
  ])('that is none is no stamp: %j', text => expect(parseStamp(text)).toBeUndefined())

  it('is another one for another release, path or text, and not for another order', () => {
    const a = { path: '/a', text: '1', ctimeSeconds: 0 }
    const b = { path: '/b', text: '2', ctimeSeconds: 0 }
    const digests = [
      loadDigest('1', [a, b]),
      loadDigest('2', [a, b]),
      loadDigest('1', [a]),
      loadDigest('1', [a, { ...b, text: '3' }]),
      loadDigest('1', [a, { ...b, path: '/c' }]),
    ]
    expect(new Set(digests).size).toBe(digests.length)
    expect(loadDigest('1', [b, a])).toBe(digests[0])
  })
})

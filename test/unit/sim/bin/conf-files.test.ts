import { beforeEach, expect, it } from 'vitest'
import { confFiles, searchConfFile } from '../../../../sim/bin/conf-files.ts'
import type { Machine } from '../../../../sim/machine.ts'
import { Process } from '../../../../sim/process.ts'
import { KernelError } from '../../../../src/host/errno.ts'
import { boot, put } from '../../../simulated.ts'

const fresh = await boot('debian-12')
const DIRECTORIES = ['/etc/test.d', '/run/test.d', '/usr/lib/test.d']
let machine: Machine

beforeEach(() => {
  machine = fresh.fork()
})

/** Does something as a process of root. */
function inProcess<T>(body: (process: Process) => T): T {
  return body(
    new Process(machine, {
      argv: ['test'],
      env: new Map(),
      credentials: machine.rootCredentials,
      files: new Map(),
    }),
  )
}

it('files are sorted by name over all directories, and the first directory hides the others', () => {
  put(machine, '/usr/lib/test.d/10-a.conf', 'lib')
  put(machine, '/usr/lib/test.d/30-c.conf', 'lib')
  put(machine, '/run/test.d/20-b.conf', 'run')
  put(machine, '/etc/test.d/30-c.conf', 'etc')
  put(machine, '/etc/test.d/notes.txt', 'no .conf')
  expect(inProcess(process => confFiles(process, DIRECTORIES))).toEqual([
    '/usr/lib/test.d/10-a.conf',
    '/run/test.d/20-b.conf',
    '/etc/test.d/30-c.conf',
  ])
})

it('a link to /dev/null hides a file and has nothing in it', () => {
  put(machine, '/usr/lib/test.d/10-a.conf', 'lib')
  put(machine, '/etc/test.d/x', '')
  machine.fs.symlink(machine.rootCaller, '/dev/null', '/etc/test.d/10-a.conf')
  const texts = inProcess(process =>
    confFiles(process, DIRECTORIES).map(path => searchConfFile(process, path, DIRECTORIES)),
  )
  expect(texts).toEqual([{ path: '/etc/test.d/10-a.conf', text: '' }])
})

it('a name alone is looked for in the directories, an absolute path is not', () => {
  put(machine, '/usr/lib/test.d/x.conf', 'lib')
  expect(inProcess(process => searchConfFile(process, 'x.conf', DIRECTORIES).text)).toBe('lib')
  inProcess(process => {
    expect(() => searchConfFile(process, '/etc/test.d/x.conf', DIRECTORIES)).toThrow(KernelError)
  })
})

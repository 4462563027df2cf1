import { expect, it } from 'vitest'
import { boot, run } from '../../../simulated.ts'

const machine = await boot('debian-12-container')
const dpkg = (...words: readonly string[]) => run(machine.fork(), ['dpkg', ...words])

it('dpkg -l is a table as wide as what is in it', async () => {
  expect((await dpkg('-l', 'runc')).stdout).toBe(`Desired=Unknown/Install/Remove/Purge/Hold
| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend
|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)
||/ Name           Version             Architecture Description
+++-==============-===================-============-=================================
ii  runc           1.1.5+ds1-1+deb12u1 amd64        Open Container Project - runtime
`)
})

it('dpkg -l of Debian 14 has another header and as many columns as a terminal', async () => {
  const { stdout } = await run(await boot('debian-14-container'), ['dpkg', '-l', 'containerd'])
  expect(stdout).toBe(`+-- Desired=Unknown/Install/Remove/Purge/Hold
|+- Status=Inst/Not-inst/Confs/Unpack/halF-conf/Half-inst/trig-aWait/Trig-pend
||+ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)
||| Name        Version      Architecture  Description
+++-===========-============-=============-=====================================
ii  containerd  2.1.9+ds1-5  amd64         open and reliable container runtime
`)
})

it('dpkg -s of a package that is not there says so and exits 1', async () => {
  expect(await dpkg('-s', 'nosuch')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: `dpkg-query: package 'nosuch' is not installed and no information is available
Use dpkg --info (= dpkg-deb --info) to examine archive files.
`,
  })
})

it('dpkg -S names the package of a path, and the diversion of one that is diverted', async () => {
  expect((await dpkg('-S', '/usr/bin/runc')).stdout).toBe('runc: /usr/bin/runc\n')
  expect((await dpkg('-S', '/bin/sh')).stdout).toBe(
    'diversion by dash from: /bin/sh\ndiversion by dash to: /bin/sh.distrib\ndash: /bin/sh\n',
  )
  expect((await dpkg('-S', '/nonexistent')).stderr).toBe(
    'dpkg-query: no path found matching pattern /nonexistent\n',
  )
})

it('dpkg -S of a pattern is in the order of dpkg’s hash table', async () => {
  const { stdout } = await dpkg('-S', 'runcon')
  expect(stdout.split('\n').filter(Boolean)).toEqual([
    'coreutils: /usr/bin/runcon',
    'coreutils: /usr/share/man/man1/runcon.1.gz',
  ])
})

it('dpkg -r refuses what others depend on', async () => {
  const { exitCode, stderr } = await dpkg('-r', 'runc')
  expect(exitCode).toBe(1)
  expect(stderr).toBe(`dpkg: dependency problems prevent removal of runc:
 containerd depends on runc (>= 0.1.0~).

dpkg: error processing package runc (--remove):
 dependency problems - not removing
Errors were encountered while processing:
 runc
`)
})

it('dpkg -r and -P without a terminal show no progress', async () => {
  const copy = machine.fork()
  const removed = await run(copy, ['dpkg', '-r', 'containerd'])
  expect(removed.stdout).toBe(
    '(Reading database ... 8892 files and directories currently installed.)\nRemoving containerd (1.6.20~ds1-1+deb12u3) ...\n',
  )
  const purged = await run(copy, ['dpkg', '-P', 'containerd'])
  expect(purged.stdout).toMatch(
    /\nPurging configuration files for containerd \(1\.6\.20~ds1-1\+deb12u3\) \.\.\.\n$/,
  )
  expect((await run(copy, ['dpkg', '-P', 'containerd'])).stderr).toBe(
    "dpkg: warning: ignoring request to remove containerd which isn't installed\n",
  )
})

it.each([
  [['1.0', 'lt', '1.0-1'], 0],
  [['1.0~rc1', 'lt', '1.0'], 0],
  [['1:0', 'gt', '9'], 0],
  [['', 'lt', '1'], 0],
  [['', 'lt-nl', '1'], 1],
  [['2.36-9+deb12u14', 'eq', '2.36-9+deb12u7'], 1],
] as const)('dpkg --compare-versions %j exits %i', async (words, exitCode) => {
  expect((await dpkg('--compare-versions', ...words)).exitCode).toBe(exitCode)
})

it('dpkg without an action, or with one that it does not know, exits 2', async () => {
  expect((await dpkg()).stderr.split('\n')[0]).toBe('dpkg: error: need an action option')
  const { exitCode, stderr } = await dpkg('--frob')
  expect({ exitCode, first: stderr.split('\n')[0] }).toEqual({
    exitCode: 2,
    first: 'dpkg: error: unknown option --frob',
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  consoleEnd,
  panicIn,
  processStartTime,
  vmDirectory,
  vmNames,
  vmProcess,
} from '../../../../src/host/vm-directory.ts'
import { makeRunningVm, useStateDirectory } from './vm-state.ts'

useStateDirectory()

test('a machine has its directory below XDG_STATE_HOME, or ~/.local/state where that is no absolute path', () => {
  expect(vmDirectory('debian-12')).toBe(`${process.env.XDG_STATE_HOME}/seatrial/vm/debian-12`)
  for (const unset of ['', 'relative']) {
    process.env.XDG_STATE_HOME = unset
    expect(vmDirectory('a.b-1')).toBe(join(homedir(), '.local/state/seatrial/vm/a.b-1'))
  }
})

test.each(['', '.', '..', 'a/b', '-x', 'A', 'x'.repeat(64), 'a\0'])('%j is not a name', name => {
  expect(() => vmDirectory(name)).toThrow('not a name of a virtual machine')
})

test('a machine runs as long as its process does, and no other process that has its number', () => {
  const directory = makeRunningVm('here')
  expect([vmNames(), vmProcess(directory)]).toEqual([['here'], process.pid])
  writeFileSync(join(directory, 'pid'), `${process.pid} 1\n`)
  expect(vmProcess(directory)).toBeUndefined()
  rmSync(join(directory, 'pid'))
  expect(vmProcess(directory)).toBeUndefined()
})

test('a process that ended has no start time', async () => {
  const child = spawn('true')
  await once(child, 'exit')
  expect(processStartTime(child.pid ?? 0)).toBeUndefined()
  expect(processStartTime(process.pid)).toMatch(/^\d+$/)
})

test('a panic is known by the kernel’s own line, since the last start', () => {
  const directory = makeRunningVm('panicked')
  const said = '[    1.0] Run /init\r\n[   12.345678] Kernel panic - not syncing: sysrq triggered crash\r\n'
  writeFileSync(join(directory, 'console'), said)
  expect(panicIn(directory)).toBe('Kernel panic - not syncing: sysrq triggered crash')
  writeFileSync(join(directory, 'console.since'), `${said.length}\n`)
  writeFileSync(join(directory, 'console'), `${said}he said: Kernel panic - not syncing\r\nlogin: `)
  expect(panicIn(directory)).toBeUndefined()
  expect(consoleEnd(directory)).toBe('he said: Kernel panic - not syncing\nlogin:')
})

test('the end of a console is plain lines, without colours and without systemd’s waiting', () => {
  const directory = makeRunningVm('booting')
  const waiting =
    '\u001b[M\r\u001bM\r\u001b[K[  \u001b[31m*\u001b[0m\u001b[31m*  \u001b[0m] (1 of 2) Job x.service/start running (1s / 2s)'
  writeFileSync(
    join(directory, 'console'),
    `[\u001b[0;32m  OK  \u001b[0m] Started \u001b[0;1mx\u001b[0m.\r\n${waiting}\r\n`,
  )
  expect(consoleEnd(directory)).toBe('[  OK  ] Started x.')
})

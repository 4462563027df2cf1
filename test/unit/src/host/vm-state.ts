import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { processStartTime, vmDirectory } from '../../../../src/host/vm-directory.ts'

/** Gives each test a state directory of its own. */
export function useStateDirectory(): void {
  const before = process.env.XDG_STATE_HOME
  let home = ''
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'seatrial-state-'))
    process.env.XDG_STATE_HOME = home
  })
  afterEach(() => {
    if (before === undefined) delete process.env.XDG_STATE_HOME
    else process.env.XDG_STATE_HOME = before
    rmSync(home, { recursive: true, force: true })
  })
}

/** The directory of a machine that this process stands in for: it runs. */
export function makeRunningVm(name: string, record: object = {}): string {
  const directory = vmDirectory(name)
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'pid'), `${process.pid} ${processStartTime(process.pid)}\n`)
  writeFileSync(join(directory, 'vm.json'), JSON.stringify({ release: 'debian-12', ...record }))
  return directory
}

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  createVmDirectory,
  listVms,
  readVmRecord,
  removeLeftOvers,
  runningVms,
  thisProcess,
  type VmRecord,
} from '../../../../containers/vm/state.ts'
import { vmDirectory } from '../../../../src/host/vm-directory.ts'
import { makeRunningVm, useStateDirectory } from '../../src/host/vm-state.ts'

useStateDirectory()

const record: VmRecord = {
  release: 'debian-12',
  accelerator: 'tcg',
  cpus: 1,
  kernel: '/vmlinuz',
  initrd: '/initrd.img',
  cmdline: ['quiet'],
}

test('a machine that was made can be started again: what it is made of is kept', () => {
  const directory = createVmDirectory('one', record)
  expect(readVmRecord(directory)).toEqual(record)
  expect(() => createVmDirectory('one', record)).toThrow('there is a virtual machine vm:one already')
})

test('machines are listed with what they take, those that run and those that do not', () => {
  const directory = createVmDirectory('stopped', record)
  writeFileSync(join(directory, 'disk.qcow2'), Buffer.alloc(100_000, 1))
  makeRunningVm('running', { owner: thisProcess() })
  expect(listVms()).toMatchObject([
    { name: 'running', release: 'debian-12', isRunning: true, isThrowAway: true },
    { name: 'stopped', isRunning: false, isThrowAway: false },
  ])
  expect(listVms()[1]?.sizeBytes).toBeGreaterThanOrEqual(100_000)
  expect(runningVms().map(vm => vm.name)).toEqual(['running'])
})

test('what a killed process left is removed, and nothing else', () => {
  createVmDirectory('left-over', { ...record, owner: `${process.pid} 1` })
  createVmDirectory('in-use', { ...record, owner: thisProcess() })
  createVmDirectory('of-a-person', record)
  removeLeftOvers()
  const there = ['left-over', 'in-use', 'of-a-person'].map(name => existsSync(vmDirectory(name)))
  expect(there).toEqual([false, true, true])
})

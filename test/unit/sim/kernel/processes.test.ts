import { Map as PersistentMap } from 'immutable'
import { expect, it } from 'vitest'
import { type ProcessesState, ProcessTable } from '../../../../sim/kernel/processes.ts'

function table(): { cell: { value: ProcessesState }; processes: ProcessTable } {
  const cell: { value: ProcessesState } = { value: { nextPid: 1, records: PersistentMap() } }
  return { cell, processes: new ProcessTable(cell) }
}

const record = (pid: number) => ({
  pid,
  ppid: 0,
  comm: 'x',
  argv: ['x'],
  exe: '/x',
  uid: 0,
  startNs: 0,
  cgroup: '/',
})

it('a PID is given once, also when its process is gone', () => {
  const { processes } = table()
  const first = processes.nextPid()
  processes.add(record(first))
  processes.remove(first)
  expect([first, processes.nextPid()]).toEqual([1, 2])
})

it('a state that was taken before stays what it was', () => {
  const { cell, processes } = table()
  processes.add(record(1))
  const taken = cell.value
  processes.change(1, { comm: 'other' })
  processes.add(record(2))
  expect([...taken.records.values()]).toEqual([record(1)])
  expect(processes.get(1)?.comm).toBe('other')
})

it('changing a process that is gone does nothing', () => {
  const { cell, processes } = table()
  const before = cell.value
  processes.change(7, { comm: 'x' })
  expect(cell.value).toBe(before)
})

import { beforeEach, expect, it } from 'vitest'
import type { Machine } from '../../../../sim/machine.ts'
import { boot, put, run } from '../../../simulated.ts'

const PROGRAM = '/lib/systemd/systemd-modules-load'
const fresh = await boot('debian-12')
let machine: Machine

beforeEach(() => {
  machine = fresh.fork()
})

const load = (...words: readonly string[]) => run(machine, [PROGRAM, ...words])

it('each line names a module, comments and blanks do not', async () => {
  put(machine, '/etc/modules-load.d/k8s.conf', '# for Kubernetes\n\n; another\n br_netfilter \n')
  expect(await load()).toEqual({ exitCode: 0, stdout: '', stderr: "Inserted module 'br_netfilter'\n" })
  expect(await load()).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  expect(machine.kernel.modules.isLive('br_netfilter')).toBe(true)
})

it('a module that is not there is told, no failure, and the others are loaded', async () => {
  put(machine, '/etc/modules-load.d/k8s.conf', 'nothere\nbr_netfilter\n')
  expect(await load()).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: "Failed to find module 'nothere'\nInserted module 'br_netfilter'\n",
  })
})

it('a module on the blacklist is not loaded', async () => {
  put(machine, '/etc/modules-load.d/k8s.conf', 'dummy\n')
  put(machine, '/etc/modprobe.d/black.conf', 'blacklist dummy\n')
  expect(await load()).toMatchObject({ exitCode: 0, stderr: "Module 'dummy' is deny-listed\n" })
})

it('files that are named are read in place of all others; one that is missing is a failure', async () => {
  put(machine, '/etc/modules-load.d/a.conf', 'dummy\n')
  put(machine, '/etc/modules-load.d/b.conf', 'br_netfilter\n')
  expect(await load('b.conf')).toMatchObject({ exitCode: 0, stderr: "Inserted module 'br_netfilter'\n" })
  expect(await load('nothere.conf')).toMatchObject({
    exitCode: 1,
    stderr: 'Failed to open nothere.conf: No such file or directory\n',
  })
})

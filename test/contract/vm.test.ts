import { afterAll, describe, expect, test } from 'vitest'
import type { Exec } from '../../src/host/host.ts'
import { openVmHost } from '../../src/host/vm.ts'
import { describeVm } from '../real.ts'
import { describeHostContract } from './host.ts'
import { ask, execOf, run, textOf } from './replies.ts'

const sh = (script: string): Exec => ({ kind: 'exec', argv: ['sh', '-c', script] })

await describeVm(
  'debian-12',
  'a virtual machine',
  vm => {
    describeHostContract('vm:', async () => {
      const host = openVmHost(vm().id)
      const scratchDir = (await run(host, 'mktemp', '-d', '/var/tmp/contract-XXXXXX')).trim()
      return { host, scratchDir, close: () => host.close() }
    })

    describe('its guest agent', () => {
      test('serves two programs that hold a host each, by turns', async () => {
        const hosts = [openVmHost(vm().id), openVmHost(vm().id)]
        const until = sh('until [ -e /run/met ]; do sleep 0.02; done; rm /run/met')
        const [first, second] = await Promise.all([
          ...hosts.slice(0, 1).map(host => ask(host, until)),
          ...hosts.slice(1).map(host => ask(host, sh(': >/run/met; echo met'))),
        ])
        expect([execOf(first).exitCode, textOf(execOf(second).stdout)]).toEqual([0, 'met\n'])
        for (const host of hosts) await host.close()
      })

      test('has nothing left of a batch: no file, no process, no handle', async () => {
        const host = openVmHost(vm().id)
        await run(host, 'true')
        await host.close()
        const { stdout } = await vm().exec(['sh', '-c', 'ls /run; ls -l /proc/$(pidof qemu-ga)/fd'])
        expect(stdout.toString()).not.toContain('seatrial')
      })
    })

    describe('when it vanishes', () => {
      const host = () => openVmHost(vm().id)
      afterAll(() => vm().powerCut())

      test('in the middle of a batch, what had been done until then is told', async () => {
        const begun = sh('echo begun')
        const cut = host()
        const sent = cut.send([begun, sh('sleep 600')])
        const lost = expect(sent).rejects.toMatchObject({
          name: 'HostError',
          reason: 'closed',
          message: `${vm().name}: the virtual machine ended`,
          replies: [{ kind: 'exec', exitCode: 0 }],
        })
        const other = host()
        const runs: Exec = sh('pgrep -x sleep')
        await ask(other, { kind: 'wait', exec: runs, limitMs: 60_000 })
        await vm().pullPlug()
        await lost
      })

      test('it is unreachable, and how to start one is said', async () => {
        await expect(ask(host(), sh('true'))).rejects.toMatchObject({
          reason: 'unreachable',
          message: expect.stringContaining('`seatrial env start vm:debian-12` starts one'),
        })
      })
    })
  },
  { cpus: 1 },
)

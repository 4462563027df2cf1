import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openSimulatedHost } from '../../../sim/door.ts'
import type { Machine } from '../../../sim/machine.ts'
import { isSavedMachine, resumeMachine, type SavedMachine, saveMachine } from '../../../sim/save.ts'
import { boot, imageOf, run, text } from '../../simulated.ts'

const image = imageOf('debian-12')
const fresh = await boot('debian-12')

const sh = (machine: Machine, script: string) => run(machine, ['bash', '-c', script])

/** Through the text of a file. */
const throughJson = (saved: SavedMachine): SavedMachine => JSON.parse(JSON.stringify(saved))

const resumed = (machine: Machine): Machine => resumeMachine(throughJson(saveMachine(machine)), image)

const operations = [
  'echo text >/root/a',
  'printf "\\377\\0" >/root/binary',
  'rm -f /root/a',
  'rm -rf /etc/apt',
  'mkdir -p /root/x/y; ln -s y /root/x/z; ln -f /root/.bashrc /root/x/other',
  'chmod 600 /etc/hosts; chown 1:2 /etc/passwd',
  'modprobe bridge',
  'modprobe -r bridge',
  'sysctl -qw vm.swappiness=7 kernel.hostname=other',
  'systemctl mask cron',
  'sync',
  'sleep 3',
]

/** What an operator may ask a machine, to tell it from another. */
const OBSERVATION =
  'ls -lR /root /etc; cat /root/* /proc/modules /proc/uptime 2>/dev/null; sysctl vm.swappiness kernel.hostname; systemctl status cron; echo $RANDOM; date +%s.%N'

it('a machine that was saved and resumed is the same machine, and stays so', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...operations), { maxLength: 5 }), async scripts => {
      const machine = fresh.fork()
      for (const script of scripts) await sh(machine, script)
      const other = resumed(machine)
      expect(saveMachine(other).digest).toBe(saveMachine(machine).digest)
      expect(await sh(other, OBSERVATION)).toEqual(await sh(machine, OBSERVATION))
      expect(saveMachine(other).digest).toBe(saveMachine(machine).digest)
    }),
    { numRuns: 15 },
  )
})

it('what came and went leaves nothing in what is saved', async () => {
  const machine = fresh.fork()
  await sh(machine, 'echo text >/root/a')
  await sh(machine, 'rm -f /root/a')
  expect(saveMachine(resumed(machine)).digest).toBe(saveMachine(machine).digest)
})

it('a power cut after the resumption is that of the machine itself', async () => {
  const machine = fresh.fork()
  await sh(machine, 'echo a >/root/a; sync; echo b >/root/a')
  expect(text(await resumed(machine).powerCut(), '/root/a')).toBe('a\n')
})

it('what is as the image has it is not saved again', () => {
  const saved = saveMachine(fresh)
  expect(Object.keys(saved.content).filter(id => Object.hasOwn(fresh.image.content, id))).toEqual([])
  // What is saved is daemons, processes and the journal: a small part of what the image holds of files.
  expect(JSON.stringify(saved).length).toBeLessThan(JSON.stringify(fresh.image).length / 5)
})

describe('a saved machine', () => {
  const saved = saveMachine(fresh)

  it('is known by its first fields', () => {
    expect(isSavedMachine(throughJson(saved))).toBe(true)
    for (const other of [null, 7, {}, { ...saved, version: 2 }, { ...saved, format: 'seatrial-image' }])
      expect(isSavedMachine(other)).toBe(false)
  })

  it('is refused when it was changed', () => {
    const changed = { ...saved, content: { x: 'y' } }
    expect(() => resumeMachine(changed, image)).toThrow('it was changed after it was saved')
  })

  it('is refused with another image', () => {
    expect(() => resumeMachine(saved, imageOf('debian-12-container'))).toThrow(
      'another recording of debian-12',
    )
  })

  it('is opened where it was, or boots from its disk', async () => {
    const machine = fresh.fork()
    await sh(machine, 'echo text >/root/file; modprobe dummy')
    const source = throughJson(saveMachine(machine))
    const open = (isRebooting: boolean) =>
      openSimulatedHost('saved', source, { isRebooting, imageOf: async name => imageOf(name) })
    const there = await open(false)
    const rebooted = await open(true)
    expect(there?.machine.kernel.modules.isLive('dummy')).toBe(true)
    expect(rebooted?.machine.kernel.modules.isLive('dummy')).toBe(false)
    expect(rebooted && text(rebooted.machine, '/root/file')).toBe('text\n')
  })
})

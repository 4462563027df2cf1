import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Machine } from '../../../sim/machine.ts'
import { boot, imageOf, put, run, text } from '../../simulated.ts'

const fresh = await boot('debian-12')

const sh = (machine: Machine, script: string) => run(machine, ['sh', '-c', script])

describe('fork', () => {
  it('costs nothing but a reference: the state is the same value', () => {
    expect(fresh.fork().state).toBe(fresh.state)
  })

  it('gives a machine of its own: what happens to one does not show in the other', async () => {
    const before = fresh.state
    const [one, two] = [fresh.fork(), fresh.fork()]
    await sh(
      one,
      'echo one >/root/file; modprobe br_netfilter; sysctl -q vm.swappiness=1; systemctl mask cron',
    )
    await sh(two, 'echo two >/root/file')
    expect([text(one, '/root/file'), text(two, '/root/file')]).toEqual(['one\n', 'two\n'])
    expect(two.kernel.modules.isLive('br_netfilter')).toBe(false)
    expect(text(two, '/proc/sys/vm/swappiness')).not.toBe('1\n')
    expect(fresh.state).toBe(before)
  })

  it('of a machine on which a program runs is not simulated', async () => {
    const machine = fresh.fork()
    await sh(machine, 'sleep 60 & echo')
    expect(() => machine.fork()).toThrow('is not simulated')
  })
})

describe('the end of power', () => {
  it('loses what was not synced, keeps what was, and all of the kernel and of tmpfs', async () => {
    const machine = fresh.fork()
    await sh(machine, 'echo a >/root/synced; sync; echo b >>/root/synced; echo c >/root/lost')
    await sh(machine, 'echo d >/run/file; modprobe dummy; sysctl -q vm.swappiness=1')
    const after = await machine.powerCut()
    expect(text(after, '/root/synced')).toBe('a\n')
    for (const path of ['/root/lost', '/run/file'])
      expect(after.fs.canAccess(after.rootCaller, path, 'exists')).toBe(false)
    expect(after.kernel.modules.isLive('dummy')).toBe(false)
    expect(text(after, '/proc/sys/vm/swappiness')).toBe('60\n')
  })

  it('that comes with a reboot loses nothing of a disk', async () => {
    const machine = fresh.fork()
    put(machine, '/root/file', 'text')
    const after = await machine.reboot()
    expect(text(after, '/root/file')).toBe('text')
    expect(after.clock.realtimeSeconds).toBeGreaterThan(machine.clock.realtimeSeconds)
  })

  it('leaves configuration that the boot reads', async () => {
    const machine = fresh.fork()
    put(machine, '/etc/modules-load.d/k8s.conf', 'br_netfilter\n')
    put(
      machine,
      '/etc/sysctl.d/k8s.conf',
      'net.ipv4.ip_forward = 1\nnet.bridge.bridge-nf-call-iptables = 0\n',
    )
    const after = await machine.reboot()
    expect(after.kernel.modules.isLive('br_netfilter')).toBe(true)
    expect(text(after, '/proc/sys/net/ipv4/ip_forward')).toBe('1\n')
    expect(text(after, '/proc/sys/net/bridge/bridge-nf-call-iptables')).toBe('0\n')
  })
})

const operations = [
  'echo $RANDOM >/root/a',
  'date +%s.%N >>/root/a',
  'mv /root/a /root/b',
  'modprobe bridge',
  'modprobe -r bridge',
  'sysctl -w vm.swappiness=$((RANDOM % 100))',
  'sleep 1.5',
  'cat /proc/uptime >/run/up',
  'systemctl mask cron',
]

it('the same image, seed and operations give the same bytes', async () => {
  const scripts = fc.array(fc.constantFrom(...operations), { maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(scripts, fc.integer({ min: 0, max: 1000 }), async (lines, seed) => {
      const said = []
      for (const machine of [1, 2].map(() => Machine.boot(imageOf('debian-12'), { seed }))) {
        const answers = []
        for (const line of lines) answers.push(await run(await machine, ['bash', '-c', line]))
        said.push({ answers, clock: (await machine).state.clock, random: (await machine).state.random })
      }
      expect(said[0]).toEqual(said[1])
    }),
    { numRuns: 15 },
  )
})

describe('a run', () => {
  it('is given up at its time limit, on the virtual clock', async () => {
    const machine = fresh.fork()
    const begun = machine.clock.monotonicNs
    const { isTimedOut } = await machine.run(['sleep', '100'], { timeoutMs: 5000 })
    expect(isTimedOut).toBe(true)
    expect((machine.clock.monotonicNs - begun) / 1e9).toBeCloseTo(5, 1)
  })

  it('of a name that is not on PATH is 127, of a file without execute bit 126', async () => {
    const machine = fresh.fork()
    put(machine, '/root/plain', 'text')
    expect((await machine.run(['nothere'])).exitCode).toBe(127)
    expect((await machine.run(['/root/plain'])).exitCode).toBe(126)
  })

  it('of a program that is not modelled ends with its name, whatever the script makes of failures', async () => {
    await expect(sh(fresh.fork(), 'perl -e 1 || true')).rejects.toThrow('perl')
  })
})

import { describe, expect, it } from 'vitest'
import { Machine } from '../../sim/machine.ts'
import { boot, imageOf } from '../simulated.ts'
import { readFamily, type Script } from './scripts.ts'
import { simulatedAnswers } from './scripts-simulated.ts'

/** Where the same bytes would be the first to differ: chance, clocks, process numbers, orders of listings, what runs side by side. */
const CHANCE: Script = {
  title: 'chance',
  shell: 'bash',
  parts: [
    `echo $RANDOM $RANDOM $$ $BASHPID; date +%s%N; mktemp -u; cat /proc/sys/kernel/random/uuid
(sleep 0.2; echo late) & (sleep 0.1; echo early) & (echo now) & wait
mkdir -p /srv/tree; for name in c a b 10 9; do touch "/srv/tree/$name"; done; ls /srv/tree; ls -lAR /srv /etc/systemd/system
printf '[Service]\\nType=oneshot\\nExecStart=/bin/echo hello\\n' > /etc/systemd/system/own.service
systemctl daemon-reload; systemctl start own; journalctl -u own --no-pager
sysctl net.ipv4.conf.lo; lsmod; cat /proc/mounts; ls /proc/sys/net/ipv4`,
  ],
  digest: '',
}

const scripts: readonly Script[] = [
  CHANCE,
  ...['kubeadm', 'sysctl-files', 'modules-load'].flatMap(family => readFamily(family).slice(0, 1)),
]

/** 1,000 runs: of four scripts on forks, and 5 of each after a boot. */
const forksOf = (script: Script): number => (script === CHANCE ? 140 : 280)
const BOOTS = 5

describe('the same image, seed and script give the same bytes', () => {
  it.each(scripts.map(script => [script.title, script] as const))(
    'on forks and after boots: %s',
    async (_, script) => {
      const base = await boot('debian-12')
      const answers = await simulatedAnswers(base.fork(), script)
      expect(answers.map(({ exitCode }) => exitCode)).toEqual([0])
      const first = JSON.stringify(answers)
      for (let count = 0; count < forksOf(script); count++)
        expect(JSON.stringify(await simulatedAnswers(base.fork(), script))).toBe(first)
      for (let count = 0; count < BOOTS; count++)
        expect(JSON.stringify(await simulatedAnswers(await boot('debian-12'), script))).toBe(first)
    },
  )

  it('another seed draws other numbers', async () => {
    const said = await Promise.all(
      [1, 2].map(async seed =>
        JSON.stringify(
          await simulatedAnswers(await Machine.boot(imageOf('debian-12'), { seed }), {
            ...CHANCE,
            parts: ['echo $RANDOM $RANDOM'],
          }),
        ),
      ),
    )
    expect(said[0]).not.toBe(said[1])
  })
})

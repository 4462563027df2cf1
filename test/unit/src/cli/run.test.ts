import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeText } from '../../../../src/host/surrogate-escape.ts'
import { FakeTerminal, type Outcome, seatrial } from './fake-terminal.ts'

let directory: string

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'seatrial-run-'))
})

afterAll(() => rmSync(directory, { recursive: true }))

/** Hands a script over on standard input. */
const script = (host: string, text: string, ...words: string[]): Promise<Outcome> =>
  seatrial(['run', host, '-', ...words], new FakeTerminal({ stdin: encodeText(text) }))

describe('seatrial run', () => {
  it.each(['sim:debian-12', 'local:'])(
    'passes both streams and the exit status of a script on %s through',
    async host => {
      const outcome = await script(host, 'echo "out $1 $#"; echo err >&2; exit 42\n', 'one', '--two')
      expect(outcome).toEqual({ exitStatus: 42, stdout: 'out one 2\n', stderr: 'err\n' })
    },
  )

  it('passes bytes through that are no UTF-8', async () => {
    const terminal = new FakeTerminal({ stdin: encodeText("printf '\\377\\000\\n'\n") })
    await seatrial(['run', 'sim:debian-12', '-'], terminal)
    expect([...terminal.stdoutBytes]).toEqual([0xff, 0, 0x0a])
  })

  it('runs the interpreter that the first line names', async () => {
    const path = join(directory, 'dash.sh')
    writeFileSync(path, '#!/bin/sh -e\n[ -z "$BASH_VERSION" ] && echo dash; false; echo no\n')
    expect(await seatrial(['run', 'sim:debian-12', path])).toEqual({
      exitStatus: 1,
      stdout: 'dash\n',
      stderr: '',
    })
  })

  it('answers 70 where the simulator does not model what was asked, and says what it was', async () => {
    const { exitStatus, stderr } = await script('sim:debian-12', 'modprobe --dump-modversions x || true\n')
    expect(exitStatus).toBe(70)
    expect(stderr).toMatch(
      /^seatrial: modprobe: .*is not simulated.*: what a real host would do is not known\n$/,
    )
  })

  it('names a script that cannot be read', async () => {
    const { exitStatus, stderr } = await seatrial(['run', 'sim:debian-12', join(directory, 'none.sh')])
    expect(exitStatus).toBe(1)
    expect(stderr).toMatch(/^seatrial: .*none\.sh: the script cannot be read \(ENOENT/)
  })

  it('ends a script that takes too long and says so', async () => {
    const terminal = new FakeTerminal({ stdin: encodeText('sleep 100\n') })
    const { exitStatus, stderr } = await seatrial(['run', '--timeout', '5', 'sim:debian-12', '-'], terminal)
    expect(exitStatus).toBe(143)
    expect(stderr).toBe('seatrial: sim:debian-12: the script did not end within 5 s\n')
  })

  it('--save keeps the machine, disk and live state; ?reboot keeps the disk alone', async () => {
    const path = join(directory, 'machine.json')
    const state =
      'systemctl show -p MainPID --value containerd; cat /proc/sys/net/ipv4/ip_forward /etc/kept\n'
    const change = `echo 1 > /proc/sys/net/ipv4/ip_forward; echo kept > /etc/kept; sync\n${state}`
    const terminal = new FakeTerminal({ stdin: encodeText(change) })
    const before = await seatrial(['run', '--save', path, 'sim:debian-12', '-'], terminal)
    expect(before.stdout).toMatch(/^\d+\n1\nkept\n$/)
    expect(await script(`sim:${path}`, state)).toEqual(before)
    expect((await script(`sim:${path}?reboot`, state)).stdout).toMatch(/^\d+\n0\nkept\n$/)
  })
})

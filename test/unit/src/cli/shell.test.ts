import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TypedLines } from '../../../../src/cli/line-input.ts'
import { encodeText } from '../../../../src/host/surrogate-escape.ts'
import { FakeTerminal, type Outcome, seatrial } from './fake-terminal.ts'

let directory: string

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'seatrial-shell-'))
})

afterAll(() => rmSync(directory, { recursive: true }))

/** Commands through a pipe. */
const piped = (text: string, host = 'sim:debian-12'): Promise<Outcome> =>
  seatrial(['shell', host], new FakeTerminal({ stdin: encodeText(text) }))

describe('seatrial shell, through a pipe', () => {
  it('runs line by line without prompts, and ends with the status of the last command', async () => {
    expect(await piped('cd /etc\npwd\nif true\nthen echo a\nfi\ncat <<E\nb\nE\n(exit 7)')).toEqual({
      exitStatus: 7,
      stdout: '/etc\na\nb\n',
      stderr: '',
    })
    expect(await piped('')).toEqual({ exitStatus: 0, stdout: '', stderr: '' })
    expect(await piped('exit 3\necho no\n')).toEqual({ exitStatus: 3, stdout: '', stderr: '' })
    expect(await piped('echo "open\n')).toMatchObject({ exitStatus: 2, stdout: '' })
  })

  it('gives what follows to a program that reads it', async () => {
    expect((await piped('read a\none\nhead -c 2\nxyecho $a\n')).stdout).toBe('xyone\n')
  })

  it('ends with 70 at what is not simulated: nobody is there who could know what is missing', async () => {
    const { exitStatus, stdout, stderr } = await piped('echo a\nmodprobe --dump-modversions x\necho b\n')
    expect({ exitStatus, stdout }).toEqual({ exitStatus: 70, stdout: 'a\n' })
    expect(stderr).toBe(
      'seatrial: modprobe: the option --dump-modversions is not simulated; all is as it was before\n',
    )
  })

  it(':fork and :back try something out on a copy', async () => {
    const script =
      'x=1\n:fork\nx=2; rm /etc/hostname\n:fork\nx=3\n:back\necho $x\n:back\necho $x; cat /etc/hostname\n'
    expect(await piped(script)).toMatchObject({ exitStatus: 0, stdout: '2\n1\ndebian-12\n' })
  })

  it(':reboot keeps the disk, :power-cut what was synced, both start a new shell', async () => {
    const { stdout } = await piped('x=1; echo a > /etc/a; cd /etc\n:reboot\ncat /etc/a; pwd; echo "[$x]"\n')
    expect(stdout).toBe('a\n/root\n[]\n')
    const cut = await piped('echo a > /etc/a; sync; echo b > /etc/b\n:power-cut\nls /etc/a /etc/b\n')
    expect(cut).toMatchObject({ exitStatus: 2, stdout: '/etc/a\n' })
  })

  it(':diff tells what changed since boot, with a unified diff of texts', async () => {
    const change = 'echo c >> /etc/hostname; mkdir /etc/d; chmod 600 /etc/hosts; systemctl stop containerd'
    expect((await piped(`${change}; sysctl -qw vm.swappiness=7\n:diff\n`)).stdout).toBe(`files
  + /etc/d (directory)
    /etc/hostname
      @@ line 1 @@
       debian-12
      +c
    /etc/hosts (mode 0644 → 0600)
  - /run/containerd/containerd.sock

sysctls
    vm.swappiness: 60 → 7

units
    containerd.service: active (running) → inactive (dead)
`)
    expect((await piped('modprobe br_netfilter\n:diff\n')).stdout).toContain(
      '\nmodules\n  + br_netfilter: used by 0\n  + bridge: used by 1\n',
    )
    expect((await piped('echo a > /etc/a\n:reboot\n:diff\n')).stdout).toBe('nothing changed\n')
  })

  it(':save writes the machine without the shell, and sim:FILE goes on with it', async () => {
    const path = join(directory, 'saved.json')
    expect(await piped(`echo a > /etc/a; sysctl -qw vm.swappiness=7\n:save ${path}\n`)).toMatchObject({
      exitStatus: 0,
    })
    expect((await piped('cat /etc/a /proc/sys/vm/swappiness\n', `sim:${path}`)).stdout).toBe('a\n7\n')
  })

  it('says what is wrong with a command of its own, which then is the last status', async () => {
    expect(await piped(':back')).toMatchObject({
      exitStatus: 1,
      stderr: 'seatrial: there is no copy to come back from; :fork makes one\n',
    })
    expect(await piped(':nope')).toMatchObject({
      exitStatus: 1,
      stderr: 'seatrial: :nope is no command; :help lists them\n',
    })
    expect(await piped(':save')).toMatchObject({
      exitStatus: 1,
      stderr: 'seatrial: :save wants the name of a file\n',
    })
    expect(await piped(':save /nonexistent/x')).toMatchObject({ exitStatus: 1 })
    expect(await piped('sleep 9 &\n:fork\ntrue')).toMatchObject({
      exitStatus: 0,
      stderr: expect.stringMatching(/^\[1\] \d+\nseatrial: it cannot be told/),
    })
    expect((await piped(':help\n')).stdout).toContain(':power-cut')
  })

  it('is refused on a real host', async () => {
    expect(await piped('id\n', 'local:')).toEqual({
      exitStatus: 64,
      stdout: '',
      stderr:
        'seatrial: local: is a real host: the shell is for simulated ones, on which nothing can break\n',
    })
  })
})

/** A person at a terminal, who types when something is shown. */
async function typed(...turns: (readonly [when: string, keys: string])[]): Promise<Outcome> {
  const [keyboard, screen] = [new PassThrough(), new PassThrough()]
  const terminal = new FakeTerminal({
    lines: new TypedLines(keyboard, screen),
    isInteractive: true,
    isColored: false,
  })
  let seen = ''
  const look = (text: string): void => {
    seen += text
    const [turn] = turns
    if (turn === undefined || !seen.includes(turn[0])) return
    turns.shift()
    seen = ''
    setImmediate(() => keyboard.write(turn[1]))
  }
  terminal.onPrint = look
  screen.on('data', (bytes: Buffer) => look(bytes.toString()))
  return seatrial(['shell', 'sim:debian-12'], terminal)
}

describe('seatrial shell, at a terminal', () => {
  it('shows the prompt of the host, continues at >, and ends at Ctrl-D with the last status', async () => {
    const { exitStatus, stdout } = await typed(
      ['root@debian-12:~# ', 'cd /etc\r'],
      ['root@debian-12:/etc# ', 'for i in 1 2\r'],
      ['> ', 'do echo "<$i>"; done\r'],
      ['root@debian-12:/etc# ', ':fork\r'],
      ['(fork) root@debian-12:/etc# ', 'false\r'],
      ['(fork) root@debian-12:/etc# ', '\x04'],
    )
    expect(exitStatus).toBe(1)
    expect(stdout).toContain('<1>\n<2>\n')
    expect(stdout.endsWith('exit\n')).toBe(true)
  })

  it('goes on after Ctrl-C at a prompt, in a command and in a program that reads, and after what is not simulated', async () => {
    const { exitStatus, stdout, stderr } = await typed(
      ['~# ', 'echo "unfinished\r'],
      ['> ', '\x03'],
      ['~# ', 'echo "<$?>"; while :; do echo going; sleep 1; done\r'],
      ['going', '\x03'],
      ['~# ', 'modprobe --dump-modversions x\r'],
      ['~# ', 'read x; echo "<$x>"\r'],
      ['', 'typed\r'],
      ['~# ', 'exit 5\r'],
    )
    expect({ exitStatus, stderr }).toEqual({
      exitStatus: 5,
      stderr:
        '\nseatrial: modprobe: the option --dump-modversions is not simulated; all is as it was before\n',
    })
    expect(stdout).toContain('<130>\n')
    expect(stdout).toContain('<typed>\n')
  })
})

import xterm from '@xterm/headless'
import { describe, expect, it } from 'vitest'
import { LiveTable } from '../../../../src/cli/live-table.ts'
import { LiveTerminal } from '../../../../src/cli/live-terminal.ts'
import { FakeClock, FakeScreen, FakeTerminal, seatrial } from './fake-terminal.ts'

const ESCAPE = '\u001b'
const GONE = 'docker:seatrial-no-such-container'

/** A terminal emulator that is shown what a terminal was told. */
class Emulator {
  readonly #xterm: InstanceType<typeof xterm.Terminal>

  constructor({ columns, rows }: FakeScreen) {
    this.#xterm = new xterm.Terminal({
      cols: columns,
      rows,
      allowProposedApi: true,
      scrollback: 5000,
      convertEol: true,
    })
  }

  show(text: string): Promise<void> {
    return new Promise(resolve => this.#xterm.write(text, resolve))
  }

  resize(columns: number, rows: number): void {
    this.#xterm.resize(columns, rows)
  }

  /** All rows with the scrollback, without those that are empty at the end. */
  get rows(): readonly string[] {
    const { active } = this.#xterm.buffer
    const rows = Array.from(
      { length: active.length },
      (_, at) => active.getLine(at)?.translateToString(true) ?? '',
    )
    return rows.slice(0, rows.findLastIndex(row => row !== '') + 1)
  }
}

const result = { exitStatus: 0, hasChanged: true, durationMs: 0, failures: [] }

function table(names: readonly string[], columns: number, rows: number) {
  const clock = new FakeClock()
  const terminal = new FakeTerminal({ screen: new FakeScreen(columns, rows), isColored: false })
  const live = new LiveTable(names, clock)
  return { clock, live, lines: () => live.lines(terminal) }
}

describe('the table of hosts', () => {
  it('shows what each host is at, for how long, and how it ended', () => {
    const { clock, live, lines } = table(['ssh:a', 'ssh:b', 'ssh:long-name', 'ssh:d'], 70, 24)
    live.start('ssh:a')
    live.start('ssh:b')
    live.observe('ssh:b', { event: 'applying', steps: 8 })
    clock.advance(65_000)
    live.end({ ...result, name: 'ssh:a' })
    live.start('ssh:long-name')
    clock.advance(1000)
    live.end({
      ...result,
      name: 'ssh:long-name',
      exitStatus: 1,
      failures: [{ reason: 'x', description: 'ssh:long-name: gone\x1b[2J' }],
    })
    expect(lines()).toEqual([
      '  done  ssh:a           1:05',
      '  work  ssh:b           1:06  making 8 steps',
      '  FAIL  ssh:long-name   0:01  gone\\x1b[2J',
      '  wait  ssh:d',
      '2 of 4 hosts  1:06  1 changed, 1 failed, 1 running, 1 waiting',
    ])
  })

  it('of more hosts than rows shows those at work first, then those that failed, and counts all', () => {
    const names = Array.from({ length: 50 }, (_, n) => `ssh:n${n}`)
    const { clock, live, lines } = table(names, 80, 7)
    for (const name of names.slice(0, 10)) {
      clock.advance(1)
      live.start(name)
      live.end({ ...result, name, exitStatus: name === 'ssh:n3' ? 1 : 0 })
    }
    for (const name of ['ssh:n20', 'ssh:n21']) live.start(name)
    expect(lines().map(line => line.trim().split(/\s+/).slice(0, 2).join(' '))).toEqual([
      'work ssh:n20',
      'work ssh:n21',
      'FAIL ssh:n3',
      'done ssh:n9',
      'done ssh:n8',
      '10 of',
    ])
    expect(lines().at(-1)).toContain('9 changed, 1 failed, 2 running, 38 waiting')
  })

  it.each([1, 5, 9, 20, 40])('is never wider than a terminal of %d columns', columns => {
    const { live, lines } = table(['ssh:日本語日本語日本語', 'ssh:b'], columns, 24)
    live.start('ssh:b')
    live.observe('ssh:b', { event: 'gathering', host: 'ssh:b', again: false })
    const emulator = new Emulator(new FakeScreen(columns, 24))
    return emulator.show(lines().join('\n')).then(() => expect(emulator.rows.length).toBeLessThanOrEqual(3))
  })
})

describe('on a terminal', () => {
  it('several hosts leave what was done and the summary, and nothing of the table', async () => {
    const screen = new FakeScreen(50, 8)
    const hosts = ['sim:debian-12', 'sim:debian-12?seed=1', GONE]
    const terminal = new FakeTerminal({ screen })
    const { stdout } = await seatrial(['apply', ...hosts], terminal, new FakeClock())
    const emulator = new Emulator(new FakeScreen(400, 8))
    await emulator.show(stdout)
    expect(emulator.rows.filter(row => /(wait|work) {2}| of 3 hosts/.test(row))).toEqual([])
    expect(emulator.rows.filter(row => row.includes('done  services'))).toHaveLength(2)
    expect(emulator.rows.filter(row => row.includes('pass  '))).toEqual([])
    expect(emulator.rows).toContain('3 hosts: 2 changed, 1 failed; 0.0 s')
    expect(stdout).toContain('of 3 hosts')
  })

  it('there is no colour when there is to be none, and no escape sequence at all without a terminal', async () => {
    const plain = await seatrial(['plan', 'sim:debian-12', 'sim:debian-12?seed=1'])
    expect(plain.stdout).not.toContain(ESCAPE)
    const terminal = new FakeTerminal({ screen: new FakeScreen(80, 24), isColored: false })
    const { stdout } = await seatrial(['plan', 'sim:debian-12', 'sim:debian-12?seed=1'], terminal)
    expect(stdout.replace(/\u001b\[(\d+A|J)/g, '')).not.toContain(ESCAPE)
  })

  it('a terminal that becomes narrower has its wrapped lines cleared too', async () => {
    const screen = new FakeScreen(40, 10)
    const terminal = new FakeTerminal({ screen })
    const emulator = new Emulator(screen)
    let lines = ['a'.repeat(39), 'b'.repeat(30)]
    const live = new LiveTerminal(terminal, () => lines)
    live.print('kept\n')
    const before = terminal.stdout.length
    await emulator.show(terminal.stdout)
    screen.resize(20, 10)
    emulator.resize(20, 10)
    lines = ['c'.repeat(19)]
    live.print('kept too\n')
    await emulator.show(terminal.stdout.slice(before))
    expect(emulator.rows).toEqual(['kept', 'kept too', 'c'.repeat(19)])
    const drawn = terminal.stdout.length
    live.complain('said\n')
    live.end()
    await emulator.show(terminal.stdout.slice(drawn))
    expect(emulator.rows).toEqual(['kept', 'kept too'])
  })
})

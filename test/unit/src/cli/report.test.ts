import { beforeAll, describe, expect, it } from 'vitest'
import { FakeTerminal, type Outcome, seatrial } from './fake-terminal.ts'

const ESCAPE = '\u001b['

describe('what a person is told', () => {
  let planned: Outcome
  let applied: Outcome

  beforeAll(async () => {
    planned = await seatrial(['plan', 'sim:debian-12'])
    applied = await seatrial(['apply', 'sim:debian-12'])
  })

  it('plan shows every step with its diff, and how many there are; exit status 2', () => {
    expect({ exitStatus: planned.exitStatus, stderr: planned.stderr }).toEqual({ exitStatus: 2, stderr: '' })
    const steps = planned.stdout.split('\n').filter(line => line.startsWith('  todo  '))
    expect(planned.stdout).toContain(`sim:debian-12: ${steps.length} steps to do\n`)
    expect(planned.stdout).toContain(
      '  todo  kernel-modules  write /etc/modules-load.d/k8s.conf\n        +overlay\n        +br_netfilter\n',
    )
    expect(planned.stdout).toMatch(/\n {8}@@ line \d+ @@\n/)
  })

  it('apply names the host once, does the steps that plan showed, and ends with a verdict; exit status 0', () => {
    expect({ exitStatus: applied.exitStatus, stderr: applied.stderr }).toEqual({ exitStatus: 0, stderr: '' })
    const titles = (text: string, mark: string): readonly string[] =>
      text.split('\n').flatMap(line => (line.startsWith(`  ${mark}  `) ? [line.slice(8)] : []))
    expect(titles(applied.stdout, 'done')).toEqual(titles(planned.stdout, 'todo'))
    expect(applied.stdout.match(/Debian GNU\/Linux 12/g)).toHaveLength(1)
    expect(applied.stdout).toMatch(
      /\nsim:debian-12 is ready to be a node: \d+ steps done, \d+ checks passed, \d+ not applicable\n$/,
    )
  })

  it('verify counts what failed; exit status 1', async () => {
    const { exitStatus, stdout } = await seatrial(['verify', 'sim:debian-12'])
    const failed = stdout.split('\n').filter(line => line.startsWith('  FAIL  ')).length
    expect(exitStatus).toBe(1)
    expect(failed).toBeGreaterThan(0)
    expect(stdout).toMatch(
      new RegExp(`\\nsim:debian-12 is not ready to be a node: ${failed} of \\d+ checks failed, `),
    )
  })

  it('there is no escape sequence in it without a terminal; on one there is colour, and progress that goes away', async () => {
    expect(planned.stdout + applied.stdout).not.toContain(ESCAPE)
    const terminal = new FakeTerminal({ isInteractive: true })
    const { stdout } = await seatrial(['apply', 'sim:debian-12'], terminal)
    expect(stdout).toContain(`sim:debian-12: looking ...`)
    expect(stdout).toContain(`\r${ESCAPE}2K`)
    const kept = stdout
      .replace(/\u001b\[2m[^\n]*? \.\.\.\u001b\[22m\r\u001b\[2K/g, '')
      .replace(/\u001b\[\d+m/g, '')
    expect(kept).toBe(applied.stdout)
  })

  it('with several hosts every line says whose it is', async () => {
    const hosts = ['sim:debian-12', 'sim:debian-12-container']
    const { stdout, exitStatus } = await seatrial(['plan', ...hosts])
    expect(exitStatus).toBe(2)
    const told = stdout.slice(0, stdout.indexOf('\n2 hosts: 2 to change; '))
    const owners = told.split('\n').map(line => hosts.find(host => line.startsWith(`${host}: `)))
    expect(new Set(owners)).toEqual(new Set(hosts))
  })
})

describe('what a program is told', () => {
  it('--json prints one event a line, each with its host, and a last one with the exit status', async () => {
    const { stdout, exitStatus } = await seatrial(['apply', '--json', 'sim:debian-12'])
    const events = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(new Set(events.map(event => event.host))).toEqual(new Set(['sim:debian-12']))
    expect(new Set(events.map(event => event.event))).toEqual(
      new Set(['gathering', 'gathered', 'note', 'planned', 'applying', 'step', 'check', 'ended']),
    )
    expect(events.at(-1)).toEqual({ host: 'sim:debian-12', event: 'ended', exitStatus })
    const write = events.find(
      event => event.event === 'step' && event.step.title.startsWith('write /etc/modules'),
    )
    expect(write.outcome).toBe('done')
    expect(write.step.requests.at(-1).content).toBe(write.step.diff.after)
  })

  it('--json tells of failures on standard output too', async () => {
    const { stdout, stderr, exitStatus } = await seatrial([
      'plan',
      '--json',
      'docker:seatrial-no-such-container',
    ])
    expect({ stderr, exitStatus }).toEqual({ stderr: '', exitStatus: 1 })
    const events = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(events.map(event => event.event)).toEqual(['gathering', 'failed', 'ended'])
    expect(events[1].failure.reason).toBe('host-unreachable')
  })
})

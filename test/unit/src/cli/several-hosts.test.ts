import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readReport } from '../../../../src/format/report.ts'
import { encodeText } from '../../../../src/host/surrogate-escape.ts'
import { FakeClock, FakeTerminal, seatrial } from './fake-terminal.ts'

const sims = (count: number): string[] => Array.from({ length: count }, (_, n) => `sim:debian-12?seed=${n}`)
const GONE = 'docker:seatrial-no-such-container'

let directory: string
const inDirectory = (name: string): string => join(directory, name)

/** A machine that has lost its containerd. */
let broken: string

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'seatrial-fleet-'))
  broken = `sim:${inDirectory('broken.json')}`
  const terminal = new FakeTerminal({ stdin: encodeText('rm /usr/bin/containerd\n') })
  await seatrial(['run', '--save', inDirectory('broken.json'), 'sim:debian-12', '-'], terminal)
})

afterAll(() => rmSync(directory, { recursive: true }))

const jsonOf = (stdout: string): readonly Record<string, unknown>[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

describe('several hosts', () => {
  it('are all worked on although some fail, and each cause is told once with its hosts', async () => {
    const { stdout, stderr, exitStatus } = await seatrial(
      ['apply', ...sims(2), GONE, 'docker:other', broken],
      new FakeTerminal(),
      new FakeClock(),
    )
    expect(exitStatus).toBe(1)
    expect(stderr).toContain(`seatrial: ${GONE}: ${GONE} cannot be reached (unreachable)`)
    const summary = stdout.slice(stdout.indexOf('5 hosts: ')).split('\n')
    expect(summary[0]).toBe('5 hosts: 2 changed, 3 failed; 0.0 s')
    expect(summary[1]).toMatch(/^failed on 2 hosts: docker:seatrial-no-such-container cannot be reached/)
    expect(summary.slice(2)).toEqual([
      `  ${GONE}, docker:other`,
      'failed on 1 host: containerd is not installed: there is no such program on PATH. Install it first.',
      `  ${broken}`,
      expect.stringMatching(/^slowest: /),
      '',
    ])
  })

  it('end with the worst exit status: changes beat done, failed beats changes', async () => {
    await seatrial(['apply', 'sim:debian-12', '--save', inDirectory('node.json')])
    const node = `sim:${inDirectory('node.json')}`
    expect((await seatrial(['plan', node, `${node}?reboot`])).exitStatus).toBe(0)
    expect((await seatrial(['plan', node, 'sim:debian-12'])).exitStatus).toBe(2)
    expect((await seatrial(['plan', node, 'sim:debian-12', GONE])).exitStatus).toBe(1)
  })

  it('have their canaries first; when one fails the rest is not started and said so', async () => {
    const { stdout, exitStatus } = await seatrial(['plan', broken, ...sims(2), '--canary', '1'])
    expect(exitStatus).toBe(1)
    expect(stdout).toContain('3 hosts: 1 failed, 2 not started; ')
    expect(stdout).toContain(`not started (a host that went first failed): ${sims(2).join(', ')}\n`)
    const json = await seatrial(['plan', broken, ...sims(2), '--canary', '1', '--json'])
    expect(jsonOf(json.stdout).slice(-2)).toEqual(
      sims(2).map(host => ({ host, event: 'not-started', reason: 'canary-failed' })),
    )
  })

  it('after Ctrl-C are not started, or interrupted, and none is lost', async () => {
    const terminal = new FakeTerminal()
    terminal.onPrint = text => {
      if (text.includes('kernel 6.1')) terminal.interrupt()
    }
    const { stdout, exitStatus } = await seatrial(['apply', ...sims(4), '--parallel', '1'], terminal)
    expect(exitStatus).toBe(1)
    expect(stdout).toContain('4 hosts: 1 failed, 3 not started; ')
    expect(stdout).toContain('failed on 1 host: Interrupted: sim:debian-12?seed=0 may be between two steps.')
    expect(stdout).toContain(`not started (interrupted): ${sims(4).slice(1).join(', ')}\n`)
  })

  it('are fifty without trouble', async () => {
    const { stdout, stderr, exitStatus } = await seatrial(['apply', ...sims(50), '--json'])
    expect({ exitStatus, stderr }).toEqual({ exitStatus: 0, stderr: '' })
    const ended = jsonOf(stdout).filter(({ event }) => event === 'ended')
    expect(ended.map(({ host }) => host).sort()).toEqual(sims(50).sort())
  }, 60_000)
})

describe('an inventory', () => {
  const inventory = (text: string): string => {
    const file = inDirectory('hosts.toml')
    writeFileSync(file, text)
    return file
  }

  it('gives each host its configuration, relative to the file', async () => {
    mkdirSync(inDirectory('conf'), { recursive: true })
    writeFileSync(inDirectory('conf/swap.toml'), 'sysctls.vm.swappiness = 7\n')
    writeFileSync(inDirectory('common.toml'), 'sysctls.vm.swappiness = 8\n')
    writeFileSync(inDirectory('given.toml'), 'sysctls.vm.swappiness = 9\n')
    const file = inventory(
      'config = "common.toml"\n[[host]]\nname = "sim:debian-12"\n' +
        '[[group]]\nname = "own"\nconfig = "conf/swap.toml"\nhosts = ["sim:debian-12?seed=1"]\n',
    )
    const values = async (...words: string[]) => {
      const { stdout } = await seatrial(['plan', '--inventory', file, ...words])
      return [...stdout.matchAll(/^(\S+): .*vm\.swappiness\s+= (\d)/gm)].map(([, host, value]) => [
        host,
        value,
      ])
    }
    expect(await values()).toEqual([
      ['sim:debian-12', '8'],
      ['sim:debian-12?seed=1', '7'],
    ])
    expect(await values('--config', inDirectory('given.toml'))).toEqual([
      ['sim:debian-12', '9'],
      ['sim:debian-12?seed=1', '7'],
    ])
  })

  it('can be limited to groups and to names', async () => {
    const file = inventory(
      `[[host]]\nname = "local:"\n[[group]]\nname = "a"\nhosts = ["${sims(2).join('", "')}"]\n[[group]]\nname = "b"\nhosts = ["${GONE}"]\n`,
    )
    const hosts = async (...limits: string[]) => {
      const { stdout } = await seatrial([
        'verify',
        '--json',
        '-i',
        file,
        ...limits.flatMap(limit => ['--limit', limit]),
      ])
      return new Set(jsonOf(stdout).map(({ host }) => host))
    }
    expect(await hosts('a')).toEqual(new Set(sims(2)))
    expect(await hosts('b', '*seed=1')).toEqual(new Set([GONE, 'sim:debian-12?seed=1']))
    const { exitStatus, stderr } = await seatrial(['verify', '-i', file, '--limit', 'c'])
    expect({ exitStatus, stderr }).toEqual({
      exitStatus: 64,
      stderr: `seatrial: --limit c: ${file} has no such group and no host of such a name\n`,
    })
  })

  it.each([
    ['', [], /names no hosts/],
    ['[[host]]\nname = "local:"\n', ['local:'], /on the command line or in .*, not in both/],
    ['[[host]]\nname = "locla:"\n', [], /hosts\.toml:2:8: "locla:": there is no such kind of host/],
    ['[[host]]\nname = "sim:debian-12"\nconfig = "none.toml"', [], /none\.toml cannot be read/],
    ['[[host]]\nname = 1\n', [], /hosts\.toml:2:8: "host\.0\.name" must be the name of a host/],
  ])('that is wrong exits 64 before anything is done: %j', async (text, words, message) => {
    const { exitStatus, stdout, stderr } = await seatrial(['plan', '-i', inventory(text), ...words])
    expect({ exitStatus, stdout }).toEqual({ exitStatus: 64, stdout: '' })
    expect(stderr).toMatch(message)
  })
})

describe('--record', () => {
  it('keeps a report of each host that failed and of no other, for their owner alone', async () => {
    const reports = inDirectory('reports/of-today')
    const { stderr } = await seatrial(
      ['apply', 'sim:debian-12', broken, GONE, '--record', reports],
      new FakeTerminal(),
      new FakeClock(),
    )
    const files = readdirSync(reports).sort()
    expect(files).toEqual([
      expect.stringMatching(
        /^20260102T030405678Z-apply-docker-seatrial-no-such-container-[0-9a-f]{8}\.json$/,
      ),
      expect.stringMatching(/^20260102T030405678Z-apply-sim-.*broken-json-[0-9a-f]{8}\.json$/),
    ])
    expect(statSync(reports).mode & 0o777).toBe(0o700)
    for (const file of files) {
      expect(statSync(join(reports, file)).mode & 0o777).toBe(0o600)
      expect(stderr).toContain(
        `the report is ${join(reports, file)}; look through it before you pass it on\n`,
      )
    }
    const [gone, failed] = files.map(file => readReport(readFileSync(join(reports, file), 'utf8')))
    expect(gone).toMatchObject({
      host: GONE,
      verb: 'apply',
      exitStatus: 1,
      failure: { reason: 'host-unreachable' },
    })
    expect(gone?.exchanges).toMatchObject([{ replies: [], error: { reason: 'unreachable' } }])
    expect(failed).toMatchObject({ host: broken, failure: { reason: 'containerd-missing' } })
    expect(failed?.exchanges[0]?.replies).toHaveLength(failed?.exchanges[0]?.batch.length ?? 0)
    expect(failed?.events.at(-1)).toMatchObject({ event: 'failed' })
  })

  it('where no report can be kept is said before anything is done', async () => {
    writeFileSync(inDirectory('file'), '')
    const { exitStatus, stdout, stderr } = await seatrial([
      'apply',
      'sim:debian-12',
      '--record',
      inDirectory('file/x'),
    ])
    expect({ exitStatus, stdout }).toEqual({ exitStatus: 64, stdout: '' })
    expect(stderr).toMatch(/file\/x: reports cannot be kept there \(ENOTDIR/)
    expect(existsSync(inDirectory('file/x'))).toBe(false)
  })
})

it('hosts on which the same checks fail are one cause', async () => {
  const { stdout } = await seatrial(['verify', ...sims(3)])
  expect(stdout).toMatch(/\nfailed on 3 hosts: \d+ checks failed: the kernel has br_netfilter; /)
  expect(stdout).toContain(`\n  ${sims(3).join(', ')}\n`)
})

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { seatrial } from './fake-terminal.ts'

describe('a command line', () => {
  it('without arguments prints the help and is a usage error', async () => {
    const { exitStatus, stdout, stderr } = await seatrial([])
    expect({ exitStatus, stdout }).toEqual({ exitStatus: 64, stdout: '' })
    expect(stderr).toMatch(/^Usage: seatrial .*\n/)
    for (const word of ['plan', 'apply', 'verify', 'run', 'sim:debian-12', 'docker:ID', '70'])
      expect(stderr).toContain(word)
  })

  it('that asks for help or the version gets it on standard output', async () => {
    const help = await seatrial(['apply', '--help'])
    expect({ exitStatus: help.exitStatus, stderr: help.stderr }).toEqual({ exitStatus: 0, stderr: '' })
    expect(help.stdout).toContain('--save <file>')
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(await seatrial(['--version'])).toEqual({ exitStatus: 0, stdout: `${version}\n`, stderr: '' })
  })

  it.each([
    [['aply', 'sim:debian-12'], /unknown command 'aply'\n\(Did you mean apply\?\)/],
    [['apply'], /no hosts: name one or more/],
    [['apply', 'sim:debian-12', '--jsno'], /unknown option '--jsno'\n\(Did you mean --json\?\)/],
    [['run', '--timeout', 'soon', 'sim:debian-12', '-'], /It must be a number of seconds/],
    [['verify', 'sim:debian-12', '--save', 'file'], /unknown option '--save'/],
    [['apply', 'sim:debian-12', 'sim:debian-12', '--save', 'file'], /--save takes one host/],
    [['plan', 'sim:debian-12', 'sim:debian-12'], /sim:debian-12 is named twice; .*seed/],
    [['plan', 'sim:debian-12', '--limit', 'gpu'], /--limit picks from an inventory/],
    [['plan', 'sim:debian-12', '--parallel', '0'], /It must be a whole number from 1/],
    [['plan', 'sim:debian-12', '--canary', '1'], /--canary 1 leaves none of one host for afterwards/],
    [
      ['plan', 'sim:debian-12', 'local:', '--canary', '2'],
      /--canary 2 leaves none of 2 hosts for afterwards/,
    ],
    [['plan', '--inventory', 'no-such.toml'], /no-such.toml cannot be read/],
  ])('%j that is wrong exits 64 and says why', async (argv, message) => {
    const { exitStatus, stdout, stderr } = await seatrial(argv)
    expect({ exitStatus, stdout }).toEqual({ exitStatus: 64, stdout: '' })
    expect(stderr).toMatch(message)
  })

  it('leaves to a script what follows its name, options too', async () => {
    const outcome = await seatrial(['run', 'sim:debian-12', '-', '--timeout', '--save'])
    expect(outcome).toEqual({ exitStatus: 0, stdout: '', stderr: '' })
  })
})

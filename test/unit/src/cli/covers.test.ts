import { describe, expect, it } from 'vitest'
import { encodeText } from '../../../../src/host/surrogate-escape.ts'
import { FakeTerminal, type Outcome, seatrial } from './fake-terminal.ts'

const covers = (script: string, ...words: string[]): Promise<Outcome> =>
  seatrial(
    ['covers', '-', '--on', 'sim:debian-12', ...words],
    new FakeTerminal({ stdin: encodeText(script) }),
  )

describe('seatrial covers', () => {
  it('is 0 where all is modelled, or would fail in the same way on a real host', async () => {
    expect(await covers('sudo modprobe overlay && lsmod\n\nkubeadm init\n')).toEqual({
      exitStatus: 0,
      stdout: `  1  yes   sudo, modprobe, lsmod
  3  127   kubeadm: it is not on PATH
- on sim:debian-12: 3 modelled, 1 not on PATH, 0 not modelled
`,
      stderr: '',
    })
  })

  it('is 70 where something is not modelled, or cannot be told', async () => {
    expect(await covers('iptables -L || true')).toMatchObject({
      exitStatus: 70,
      stdout: expect.stringMatching(
        /^ {2}1 {2}yes {3}true\n {2}1 {2}NO {4}iptables: the program is not modelled\n/,
      ),
    })
    expect(await covers('"$1" --version')).toMatchObject({
      exitStatus: 70,
      stdout: expect.stringContaining('?   '),
    })
  })

  it('prints an object a command with --json', async () => {
    const { stdout } = await covers('lsmod\ntc a', '--json')
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line)),
    ).toEqual([
      { line: 1, kind: 'program', name: 'lsmod', verdict: 'modelled' },
      { line: 2, kind: 'program', name: 'tc', verdict: 'unmodelled', reason: 'the program is not modelled' },
    ])
  })

  it('reads a script for sh as dash does, and refuses one for something else', async () => {
    expect((await covers('#!/bin/sh\nsource x')).stdout).toContain('127   source')
    expect(await covers('#!/usr/bin/python3\n')).toMatchObject({
      exitStatus: 1,
      stderr: expect.stringContaining('python3'),
    })
  })

  it('is refused for a real host', async () => {
    const terminal = new FakeTerminal({ stdin: encodeText('ls') })
    expect(await seatrial(['covers', '-', '--on', 'local:'], terminal)).toMatchObject({ exitStatus: 64 })
  })
})

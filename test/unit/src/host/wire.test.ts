import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Request } from '../../../../src/host/host.ts'
import { BOOTSTRAP, encodeBatch, ReplyDecoder } from '../../../../src/host/wire.ts'

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
const joined = (batch: readonly Request[]) => {
  const encoded = encodeBatch(batch, { stopAtFailure: true })
  return { encoded, input: Buffer.concat(encoded.frames) }
}

describe('what is written to the far shell', () => {
  test('is started by an argument far below the 128 KiB that one may have', () => {
    expect(BOOTSTRAP.length).toBeLessThan(200)
  })

  test('announces its length and carries payload behind the script', () => {
    const { frames } = encodeBatch([{ kind: 'exec', argv: ['cat'], stdin: bytes('payload\0') }])
    expect(Buffer.from(frames[0] ?? []).toString()).toBe(`${frames[1]?.length}\n`)
    expect(frames.slice(2).map(frame => Buffer.from(frame).toString())).toEqual(['payload\0', 'ok\n'])
  })

  test.each<[string, Request]>([
    ['an argument', { kind: 'exec', argv: ['printf', 'a\0b'] }],
    ['a path', { kind: 'read', path: '/a\0b' }],
    ['a variable', { kind: 'exec', argv: ['env'], env: { A: 'a\0b' } }],
    ['a suffix', { kind: 'list', path: '/', contentOf: '\0' }],
  ])('refuses NUL in %s, which no system call could be given', (_, request) => {
    expect(() => encodeBatch([request])).toThrow(/NUL/)
  })

  test('refuses variables that no environment can hold, and digests that are none', () => {
    expect(() => encodeBatch([{ kind: 'exec', argv: ['env'], env: { 'A=B': '' } }])).toThrow(/variable/)
    expect(() => encodeBatch([{ kind: 'exec', argv: ['env'], env: { '': '' } }])).toThrow(/variable/)
    expect(() => encodeBatch([{ kind: 'read', path: '/', ifDigest: 'sha256:0' }])).toThrow(/SHA-256/)
  })
})

describe.each(['dash', 'bash'])('on the far side, under %s', shell => {
  let directory = ''
  beforeAll(() => {
    directory = mkdtempSync('/var/tmp/seatrial-wire-')
  })
  afterAll(() => rmSync(directory, { recursive: true }))
  const speak = (input: Uint8Array) => spawnSync(shell, ['-c', BOOTSTRAP], { input })

  test('replies come out the same however the bytes are cut', () => {
    const batch: Request[] = [
      { kind: 'exec', argv: ['printf', 'a\\0b'] },
      { kind: 'read', path: '/proc/sys/kernel/ostype' },
      { kind: 'list', path: '/proc/sys' },
    ]
    const { encoded, input } = joined(batch)
    const output = speak(input).stdout
    const [whole, dripped] = [new ReplyDecoder(encoded), new ReplyDecoder(encoded)]
    whole.push(output)
    for (const byte of output) dripped.push(Uint8Array.of(byte))
    expect(whole.replies(batch)).toEqual(dripped.replies(batch))
    expect(whole.hasEnded).toBe(true)
  })

  test('what a login prints in front is passed over', () => {
    const batch: Request[] = [{ kind: 'exec', argv: ['printf', 'x'] }]
    const { encoded, input } = joined(batch)
    const decoder = new ReplyDecoder(encoded)
    decoder.push(Buffer.concat([Buffer.from('Welcome!\nexec 0 0\nno line end: '), speak(input).stdout]))
    expect(decoder.replies(batch)).toMatchObject([{ kind: 'exec', exitCode: 0, stdout: Buffer.from('x') }])
  })

  test('a script that was cut off on the way does not begin', () => {
    const { encoded, input } = joined([
      { kind: 'write', path: `${directory}/cut`, content: bytes('whole') },
      { kind: 'exec', argv: ['sh', '-c', `: >'${directory}/cut'`] },
    ])
    const [length, script] = encoded.frames
    const end = (length?.length ?? 0) + (script?.length ?? 0)
    for (const at of [end - 1, end - 30, end - 200, end >> 1]) {
      const { stdout, status } = speak(input.subarray(0, at))
      expect([stdout.toString(), status === 0]).toEqual(['', false])
    }
    expect(readdirSync(directory)).toEqual([])
  })

  test('payload that did not come whole is not written, and nothing is left behind', () => {
    const { encoded, input } = joined([
      { kind: 'write', path: `${directory}/half`, content: new Uint8Array(100_000) },
      { kind: 'exec', argv: ['sh', '-c', `: >'${directory}/half'`] },
    ])
    for (const missing of [1, 3, 50_000]) {
      const { stdout, status } = speak(input.subarray(0, input.length - missing))
      expect(stdout.toString()).toBe(`seatrial ${encoded.nonce}\n`)
      expect(status).toBe(1)
    }
    expect(readdirSync(directory)).toEqual([])
  })
})

describe('what is not in our language', () => {
  test('is an error, not a reply', () => {
    const encoded = encodeBatch([{ kind: 'exec', argv: ['true'] }])
    for (const line of ['hello', 'done 7', 'message 0 5\nwords']) {
      const decoder = new ReplyDecoder(encoded)
      expect(() => decoder.push(bytes(`seatrial ${encoded.nonce}\n${line}\n`))).toThrow()
    }
  })
})

import { expect } from 'vitest'
import type {
  ExecReply,
  Host,
  ListReply,
  ReadReply,
  Reply,
  Request,
  SendOptions,
} from '../../src/host/host.ts'

/** Sends one request. */
export async function ask(host: Host, request: Request, options: SendOptions = {}): Promise<Reply> {
  const [reply] = await host.send([request], options)
  if (reply === undefined) throw new Error('a request without a reply')
  return reply
}

function ofKind<K extends Reply['kind']>(reply: Reply | undefined, kind: K): Extract<Reply, { kind: K }> {
  expect(reply).toMatchObject({ kind })
  return reply as Extract<Reply, { kind: K }>
}

export const execOf = (reply: Reply | undefined): ExecReply => ofKind(reply, 'exec')
export const readOf = (reply: Reply | undefined): ReadReply => ofKind(reply, 'read')
export const listOf = (reply: Reply | undefined): ListReply => ofKind(reply, 'list')

/** Runs what sets a test up; it must succeed. */
export async function run(host: Host, ...argv: [string, ...string[]]): Promise<string> {
  const reply = execOf(await ask(host, { kind: 'exec', argv }))
  expect({ argv, exitCode: reply.exitCode, stderr: textOf(reply.stderr) }).toMatchObject({ exitCode: 0 })
  return textOf(reply.stdout)
}

export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString()
export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

/** Equality of bytes whose failure does not print megabytes. */
export function expectBytes(actual: Uint8Array, expected: Uint8Array): void {
  if (Buffer.compare(actual, expected) === 0) return
  expect(Buffer.from(actual.subarray(0, 300)).toString('latin1')).toBe(
    Buffer.from(expected.subarray(0, 300)).toString('latin1'),
  )
  expect(actual.length).toBe(expected.length)
  throw new Error('bytes differ behind the first 300')
}

export const errno = (name: string) => ({ kind: 'errno', errno: name })

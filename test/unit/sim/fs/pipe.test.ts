import { describe, expect, it } from 'vitest'
import { InputStream, makePipe, OutputStream } from '../../../../sim/fs/pipe.ts'

function heldPipe(): ReturnType<typeof makePipe> {
  const pipe = makePipe()
  pipe.reader.hold()
  pipe.writer.hold()
  return pipe
}

describe('a pipe', () => {
  it('gives what was written, in order, no more than was asked', () => {
    const { reader, writer } = heldPipe()
    writer.write(Uint8Array.of(1, 2))
    writer.write(Uint8Array.of(3))
    expect(reader.read(2)).toEqual(Uint8Array.of(1, 2))
    expect(reader.read(9)).toEqual(Uint8Array.of(3))
  })

  it('makes the reader wait while it is empty, until the last writer is gone', () => {
    const { reader, writer } = heldPipe()
    writer.hold()
    writer.release()
    expect([reader.read(1), reader.isReadable()]).toEqual([undefined, false])
    writer.release()
    expect([reader.read(1), reader.isReadable()]).toEqual([new Uint8Array(), true])
  })

  it('takes 64 KiB, then makes the writer wait', () => {
    const { reader, writer } = heldPipe()
    expect(writer.write(new Uint8Array(70_000))).toBe(65_536)
    expect([writer.write(new Uint8Array(1)), writer.isWritable()]).toEqual([0, false])
    reader.read(1)
    expect([writer.isWritable(), writer.write(new Uint8Array(9))]).toEqual([true, 1])
  })

  it('without a reader is EPIPE', () => {
    const { reader, writer } = heldPipe()
    reader.release()
    expect(writer.isWritable()).toBe(true)
    expect(() => writer.write(Uint8Array.of(1))).toThrow(expect.objectContaining({ errno: 'EPIPE' }))
  })

  it('has two ends that are not each other, and no position', () => {
    const { reader, writer } = heldPipe()
    expect(() => reader.write(Uint8Array.of(1))).toThrow(expect.objectContaining({ errno: 'EBADF' }))
    expect(() => writer.read(1)).toThrow(expect.objectContaining({ errno: 'EBADF' }))
    expect(() => reader.seek(0)).toThrow(expect.objectContaining({ errno: 'ESPIPE' }))
  })
})

it('a stream that is given whole ends at its end', () => {
  const input = new InputStream(Uint8Array.of(1, 2, 3))
  expect([input.read(2), input.read(2), input.read(2)]).toEqual([
    Uint8Array.of(1, 2),
    Uint8Array.of(3),
    new Uint8Array(),
  ])
})

it('a stream that collects keeps its own copy', () => {
  const output = new OutputStream()
  const bytes = Uint8Array.of(1)
  output.write(bytes)
  bytes[0] = 2
  output.write(bytes)
  expect(output.bytes).toEqual(Uint8Array.of(1, 2))
})

import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Http2Server } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, GrpcError } from '../../../../containers/cri/grpc.ts'
import { openLocalHost } from '../../../../src/host/local.ts'

const directory = mkdtempSync(join(tmpdir(), 'seatrial-grpc-'))
const socket = join(directory, 'socket')
const host = openLocalHost()
let server: Http2Server

/** Answers with what it was asked, or, at `/refuse`, with a status and no message, as gRPC has it. */
beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const refused = { 'grpc-status': '5', 'grpc-message': 'no pod%3A caf%C3%A9' }
      if (request.url === '/refuse') {
        response.writeHead(200, { 'content-type': 'application/grpc', ...refused }).end()
        return
      }
      response.addTrailers({ 'grpc-status': '0' })
      response.writeHead(200, { 'content-type': 'application/grpc' }).end(Buffer.concat(chunks))
    })
  })
  await new Promise<void>(resolve => server.listen(socket, resolve))
})

afterAll(async () => {
  await host.close()
  server.close()
  rmSync(directory, { recursive: true })
})

test('a call is one round trip, and its message comes back byte for byte', async () => {
  const message = Buffer.from([0, 255, 10, 13, 0])
  expect(await call(host, { socket, method: '/echo', message })).toEqual(message)
  expect(await call(host, { socket, method: '/echo', message: Buffer.alloc(40_000, 7) })).toEqual(
    Buffer.alloc(40_000, 7),
  )
})

test('a status that is not OK is an error with its code and its words', async () => {
  const refused = call(host, { socket, method: '/refuse', message: Buffer.alloc(0) })
  await expect(refused).rejects.toEqual(new GrpcError(5, 'no pod: café'))
  await expect(refused).rejects.toMatchObject({ code: 5 })
})

test('where nobody listens the error names the socket and the reason', async () => {
  const refused = call(host, { socket: `${socket}-none`, method: '/echo', message: Buffer.alloc(0) })
  await expect(refused).rejects.toThrow(`${socket}-none: No such file or directory`)
})

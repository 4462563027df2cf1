import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { JsonLines } from '../../../../src/host/json-lines.ts'
import { listenAsAgent } from './agent-server.ts'
import { makeRunningVm, useStateDirectory } from './vm-state.ts'

useStateDirectory()

test('messages come one a line, however the bytes are cut, also those that came before they were asked for', async () => {
  const directory = makeRunningVm('one')
  await listenAsAgent(directory, (_, socket) => {
    socket.write('{"first": 1}\n{"sec')
    socket.write('ond": "zwölf"}\n\n')
    return 3
  })
  const lines = await JsonLines.connect(join(directory, 'agent'))
  lines.send({ execute: 'any' })
  const messages = [await lines.receive(), await lines.receive(), await lines.receive()]
  expect(messages).toEqual([{ first: 1 }, { second: 'zwölf' }, { return: 3 }])
  lines.end()
  await expect(lines.receive()).rejects.toThrow('the socket was closed')
})

test('a socket whose path is longer than an address can be is reached', async () => {
  const directory = makeRunningVm('one')
  const deep = join(directory, 'deep'.repeat(20), 'deeper'.repeat(10))
  mkdirSync(deep, { recursive: true })
  const before = process.cwd()
  process.chdir(deep)
  await listenAsAgent('.', () => 3)
  process.chdir(before)
  const lines = await JsonLines.connect(join(deep, 'agent'))
  lines.send({})
  expect(await lines.receive()).toEqual({ return: 3 })
  lines.end()
})

test('a socket where nobody listens is refused', async () => {
  await expect(JsonLines.connect('/nonexistent/agent')).rejects.toMatchObject({ code: 'ENOENT' })
})

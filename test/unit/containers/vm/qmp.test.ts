import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import { monitor, qmp } from '../../../../containers/vm/qmp.ts'
import { makeRunningVm, useStateDirectory } from '../../src/host/vm-state.ts'

useStateDirectory()

let server: Server | undefined
afterEach(() => void server?.close())

/** Speaks as QEMU does: a greeting first, and an event before each answer. */
async function listenAsQemu(answer: (execute: string) => object | undefined): Promise<string> {
  const directory = makeRunningVm('one')
  server = createServer(socket => {
    socket.write('{"QMP": {"version": {}, "capabilities": []}}\n')
    createInterface({ input: socket }).on('line', line => {
      const { execute } = JSON.parse(line)
      const said = execute === 'qmp_capabilities' ? { return: {} } : answer(execute)
      if (said !== undefined) socket.write(`{"event": "RESUME"}\n${JSON.stringify(said)}\n`)
    })
  })
  await new Promise<void>(resolve => server?.listen(join(directory, 'qmp'), resolve))
  return directory
}

test('a command is answered, whatever events come before', async () => {
  const directory = await listenAsQemu(execute => ({ return: { execute } }))
  expect(await qmp(directory, 'query-status')).toEqual({ execute: 'query-status' })
})

test('what QEMU refuses, and what its monitor complains of, is an error with its words', async () => {
  const directory = await listenAsQemu(execute =>
    execute === 'human-monitor-command'
      ? { return: "Error: Snapshot 'none' does not exist\r\n" }
      : { error: { class: 'CommandNotFound', desc: 'no such command' } },
  )
  await expect(qmp(directory, 'none')).rejects.toThrow('QEMU refused none: no such command')
  await expect(monitor(directory, 'loadvm none')).rejects.toThrow(
    "loadvm none: Error: Snapshot 'none' does not exist",
  )
})

test('a QEMU that says nothing is not waited for', async () => {
  const directory = await listenAsQemu(() => undefined)
  await expect(qmp(directory, 'query-status', {}, 50)).rejects.toThrow(
    'did not answer query-status within 0.05 s',
  )
})

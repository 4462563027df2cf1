import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { JsonLines, type Message } from '../../src/host/json-lines.ts'

/** A command to QEMU itself, over a connection of its own: it serves one client at a time. Throws what QEMU says against it. */
export async function qmp(
  directory: string,
  execute: string,
  args: Message = {},
  limitMs = 60_000,
): Promise<unknown> {
  const lines = await JsonLines.connect(join(directory, 'qmp'))
  const stop = new AbortController()
  const limit = delay(limitMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`QEMU did not answer ${execute} within ${limitMs / 1000} s`)
  })
  limit.catch(() => undefined)
  try {
    // It greets, and serves nobody who has not agreed on capabilities (QEMU Machine Protocol Specification).
    await Promise.race([lines.receive(), limit])
    await Promise.race([command(lines, 'qmp_capabilities', {}), limit])
    return await Promise.race([command(lines, execute, args), limit])
  } finally {
    stop.abort()
    lines.end()
  }
}

/** A command of the monitor for people, which is silent when all went well. */
export async function monitor(directory: string, line: string): Promise<void> {
  const said = String(await qmp(directory, 'human-monitor-command', { 'command-line': line })).trim()
  if (said !== '') throw new Error(`QEMU: ${line}: ${said}`)
}

/** Events may come before the answer. */
async function command(lines: JsonLines, execute: string, args: Message): Promise<unknown> {
  lines.send({ execute, arguments: args })
  for (;;) {
    const message = await lines.receive()
    if ('return' in message) return message.return
    const error = message.error as { readonly desc?: unknown } | undefined
    if (error !== undefined) throw new Error(`QEMU refused ${execute}: ${String(error.desc)}`)
  }
}

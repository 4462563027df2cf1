import { readFile } from 'node:fs/promises'
import { DEFAULT_NODE_CONFIG, type NodeConfig, readNodeConfig } from '../config/node-config.ts'
import type { RunOptions } from '../engine/engine.ts'
import type { Host } from '../host/host.ts'
import { openHost } from '../hosts.ts'
import { EXIT, OperatorError } from './exit-status.ts'
import type { NodeVerbOptions } from './main.ts'
import { eventPrinter } from './report.ts'
import type { Terminal } from './terminal.ts'

const DEFAULT_FILE = 'seatrial.toml'

/** The node configuration of a file; without one that of `seatrial.toml` here, or the defaults. */
export async function loadNodeConfig(file: string | undefined): Promise<NodeConfig> {
  const path = file ?? DEFAULT_FILE
  const text = await readText(path, file !== undefined)
  if (text === undefined) return DEFAULT_NODE_CONFIG
  const reading = readNodeConfig(text, path)
  if (reading.ok) return reading.config
  const lines = reading.problems.map(
    ({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`,
  )
  throw new OperatorError(lines.join('\n'), EXIT.usage)
}

async function readText(path: string, isRequired: boolean): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (isMissing && !isRequired) return undefined
    throw new OperatorError(
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      EXIT.usage,
    )
  }
}

/** One host's part of a verb; gives its exit status. */
export type HostWork = (host: Host, config: NodeConfig, options: RunOptions) => Promise<number>

/** Does a verb on each host, one after the other; the worst exit status counts. One host's failure stops no other. */
export async function onEachHost(
  names: readonly string[],
  options: NodeVerbOptions,
  context: { readonly terminal: Terminal; readonly work: HostWork },
): Promise<number> {
  const { terminal, work } = context
  if (options.save !== undefined && names.length > 1)
    throw new OperatorError('--save takes one host', EXIT.usage)
  const config = await loadNodeConfig(options.config)
  let worst: number = EXIT.ok
  for (const name of names) {
    if (terminal.signal.aborted) break
    const host = await openHost(name)
    const observer = eventPrinter({
      terminal,
      host: name,
      isJson: options.json === true,
      isAmongOthers: names.length > 1,
    })
    try {
      worst = worse(worst, await work(host, config, { observer, signal: terminal.signal }))
    } finally {
      await host.close()
    }
  }
  return worst
}

/** Failed beats changes beats done. */
const worse = (a: number, b: number): number =>
  a === EXIT.failed || b === EXIT.failed ? EXIT.failed : Math.max(a, b)

import { readFile } from 'node:fs/promises'
import { DEFAULT_NODE_CONFIG, type NodeConfig, readNodeConfig } from '../config/node-config.ts'
import type { RunOptions } from '../engine/engine.ts'
import type { Host } from '../host/host.ts'
import { assertSimulated, openHost } from '../hosts.ts'
import { EXIT, OperatorError } from './exit-status.ts'
import { explain } from './explain.ts'
import type { NodeVerbOptions } from './main.ts'
import { printerFor } from './report.ts'
import { saveMachine } from './save.ts'
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

/**
 * Does a verb on each host, one after the other; the worst exit status counts. All names are understood before anything
 * is done, and one host's failure stops no other.
 */
export async function onEachHost(
  names: readonly string[],
  options: NodeVerbOptions,
  context: { readonly terminal: Terminal; readonly work: HostWork },
): Promise<number> {
  const { terminal } = context
  if (options.save !== undefined && names.length > 1)
    throw new OperatorError('--save takes one host', EXIT.usage)
  const config = await loadNodeConfig(options.config)
  const hosts = await Promise.all(names.map(openHost))
  let worst: number = EXIT.ok
  try {
    if (options.save !== undefined) await Promise.all(hosts.map(assertSimulated))
    for (const host of hosts) {
      if (terminal.signal.aborted) return EXIT.failed
      worst = worse(
        worst,
        await onHost(host, { ...options, ...context, config, isAmongOthers: names.length > 1 }),
      )
    }
    return worst
  } finally {
    for (const host of hosts) await host.close()
  }
}

interface HostContext extends Omit<NodeVerbOptions, 'config'> {
  readonly config: NodeConfig
  readonly terminal: Terminal
  readonly work: HostWork
  readonly isAmongOthers: boolean
}

async function onHost(host: Host, context: HostContext): Promise<number> {
  const { terminal, work, config, json, save, isAmongOthers } = context
  const printer = printerFor({ terminal, host: host.name, isJson: json === true, isAmongOthers })
  let exitStatus: number
  try {
    exitStatus = await work(host, config, { observer: printer.observe, signal: terminal.signal })
    if (save !== undefined) await saveMachine(host, save)
  } catch (error) {
    exitStatus = explain(error, terminal, host.name)
  }
  printer.end(exitStatus)
  return exitStatus
}

/** Not modelled beats failed beats changes beats done: what is not known is worse than what is. */
const worse = (a: number, b: number): number => (Math.max(rank(a), rank(b)) === rank(a) ? a : b)

const ORDER: readonly number[] = [EXIT.ok, EXIT.changes, EXIT.failed, EXIT.usage, EXIT.unsimulated]
const rank = (exitStatus: number): number => ORDER.indexOf(exitStatus)

import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { InventoryHost } from '../config/inventory.ts'
import { DEFAULT_NODE_CONFIG, type NodeConfig, readNodeConfig } from '../config/node-config.ts'
import type { ConfigProblems } from '../config/toml-reading.ts'
import type { Host } from '../host/host.ts'
import { openHost, UnknownHost } from '../hosts.ts'
import { EXIT, OperatorError } from './exit-status.ts'

const DEFAULT_FILE = 'seatrial.toml'

/** A host to be worked on, and what it is to be. */
export interface Target {
  readonly host: Host
  readonly config: NodeConfig
}

export interface TargetOptions {
  readonly config?: string
  readonly inventory?: string
  /** Names of groups, and names of hosts in which `*` stands for anything; without one all hosts. */
  readonly limit?: readonly string[]
}

/** A name with where its configuration is, and where the name stands (`hosts.toml:3:8`). */
interface Named {
  readonly name: string
  readonly configPath: string | undefined
  readonly place?: string
  readonly sshConfig?: string
}

/** The hosts of the command line or of the inventory. All is read and understood before any of them is spoken to. */
export async function openTargets(
  names: readonly string[],
  options: TargetOptions,
): Promise<readonly Target[]> {
  const named =
    options.inventory === undefined
      ? fromArguments(names, options)
      : await fromInventory(names, options.inventory, options)
  const configs = new Map<string | undefined, NodeConfig>()
  for (const { configPath } of named)
    if (!configs.has(configPath)) configs.set(configPath, await loadNodeConfig(configPath))
  const opened = await Promise.allSettled(named.map(openNamed))
  const failed = opened.find(one => one.status === 'rejected')
  const hosts = opened.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
  if (failed === undefined)
    return hosts.map((host, index) => ({
      host,
      config: configs.get(named[index]?.configPath) ?? DEFAULT_NODE_CONFIG,
    }))
  await Promise.all(hosts.map(host => host.close()))
  throw failed.reason
}

function fromArguments(names: readonly string[], { config, limit }: TargetOptions): readonly Named[] {
  if (limit !== undefined) throw usage('--limit picks from an inventory: name one with --inventory')
  if (names.length === 0)
    throw usage('no hosts: name one or more (sim:debian-12), or a file of them with --inventory')
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined)
    throw usage(
      `${twice} is named twice${twice.startsWith('sim:') ? '; simulated hosts of one image are told apart by their seed (sim:debian-12?seed=1)' : ''}`,
    )
  return names.map(name => ({ name, configPath: config }))
}

async function fromInventory(
  names: readonly string[],
  file: string,
  { config, limit }: TargetOptions,
): Promise<readonly Named[]> {
  if (names.length > 0)
    throw usage(
      `hosts are named on the command line or in ${file}, not in both; --limit picks from the inventory`,
    )
  const { readInventory } = await import('../config/inventory.ts')
  const reading = readInventory((await readText(file, true)) ?? '', file)
  if (!reading.ok) throw wrong(reading.problems)
  const { hosts, config: common, sshConfig } = reading.inventory
  if (hosts.length === 0) throw usage(`${file} names no hosts: [[host]] with a name, or [[group]] with hosts`)
  const beside = (path: string | undefined) => (path === undefined ? undefined : resolve(dirname(file), path))
  const at = ({ line, column }: InventoryHost['place']): string => `${file}:${line}:${column}`
  const ssh = beside(sshConfig?.path)
  // ssh itself would say so once for each host.
  if (ssh !== undefined) await readText(ssh, true, sshConfig && at(sshConfig.place))
  return limited(hosts, limit, file).map(host => ({
    name: host.name,
    configPath: beside(host.config) ?? config ?? beside(common),
    place: at(host.place),
    ...(ssh !== undefined && { sshConfig: ssh }),
  }))
}

function limited(
  hosts: readonly InventoryHost[],
  limit: readonly string[] | undefined,
  file: string,
): readonly InventoryHost[] {
  if (limit === undefined) return hosts
  const fits = (host: InventoryHost, pattern: string): boolean =>
    host.group === pattern || globOf(pattern).test(host.name)
  const useless = limit.find(pattern => !hosts.some(host => fits(host, pattern)))
  if (useless !== undefined)
    throw usage(`--limit ${useless}: ${file} has no such group and no host of such a name`)
  return hosts.filter(host => limit.some(pattern => fits(host, pattern)))
}

/** `*` stands for any text; all else for itself. */
const globOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  )

async function openNamed({ name, place, sshConfig }: Named): Promise<Host> {
  try {
    return await openHost(name, sshConfig === undefined ? {} : { sshConfig })
  } catch (error) {
    if (!(error instanceof UnknownHost) || place === undefined) throw error
    throw usage(`${place}: ${error.message}`)
  }
}

/** The node configuration of a file; without one that of `seatrial.toml` here, or the defaults. */
export async function loadNodeConfig(file: string | undefined): Promise<NodeConfig> {
  const path = file ?? DEFAULT_FILE
  const text = await readText(path, file !== undefined)
  if (text === undefined) return DEFAULT_NODE_CONFIG
  const reading = readNodeConfig(text, path)
  if (reading.ok) return reading.config
  throw wrong(reading.problems)
}

const usage = (message: string): OperatorError => new OperatorError(message, EXIT.usage)

const wrong = (problems: ConfigProblems): OperatorError =>
  usage(problems.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'))

/** `place` is where the path is written, where that is in a file. */
async function readText(path: string, isRequired: boolean, place?: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (isMissing && !isRequired) return undefined
    const prefix = place === undefined ? '' : `${place}: `
    throw usage(`${prefix}${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

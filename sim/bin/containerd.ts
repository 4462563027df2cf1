import { Unsimulated } from '../../src/host/host.ts'
import type { ContainerdClient } from '../bus.ts'
import { dumpConfig, loadForDump } from '../formats/containerd-config.ts'
import { proxyPlugins } from '../formats/containerd-proxies.ts'
import type { ConfigLog } from '../formats/containerd-release.ts'
import { GoError, GoPanic } from '../formats/go-toml/go-error.ts'
import { Log } from '../formats/logrus.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { withCommandLine } from './getopt.ts'
import { type FlagTable, parseFlags } from './go-flags.ts'

const FLAGS: FlagTable = {
  config: { name: 'config', hasValue: true },
  c: { name: 'config', hasValue: true },
  'log-level': { name: 'log-level', hasValue: true },
  l: { name: 'log-level', hasValue: true },
  address: { name: 'address', hasValue: true },
  a: { name: 'address', hasValue: true },
  root: { name: 'root', hasValue: true },
  state: { name: 'state', hasValue: true },
  version: { name: 'version' },
  v: { name: 'version' },
}

const COMMANDS = ['', 'config default', 'config dump']

/** containerd(8) and its `config` subcommand. */
export function* containerd(process: Process): Blocking<number> {
  const client = process.system.bus.containerd
  const { values, rest } = parseFlags('containerd', process.argv.slice(1), FLAGS)
  if (values.has('version')) {
    process.print(client.answerOf(['containerd', '--version']))
    return 0
  }
  const [command, subcommand, ...more] = rest
  if (command === undefined) {
    return yield* client.serve(process, {
      config: values.get('config'),
      root: values.get('root'),
      state: values.get('state'),
      address: values.get('address'),
      logLevel: values.get('log-level'),
    })
  }
  if (command === 'config' && more.length === 0) {
    if (subcommand === 'default') {
      process.print(client.answerOf(['containerd', 'config', 'default']))
      return 0
    }
    const isMigrate = subcommand === 'migrate' && client.release.generation === '2.1'
    if (subcommand === 'dump' || isMigrate)
      return dump(process, client, values.get('config') ?? '/etc/containerd/config.toml')
  }
  if (
    command === 'config' &&
    subcommand !== undefined &&
    !['default', 'dump', 'help', 'h'].includes(subcommand)
  ) {
    if (subcommand !== 'migrate' || client.release.generation !== '2.1') {
      process.complain(`No help topic for '${subcommand}'\n`)
      return 3
    }
  }
  throw new Unsimulated('containerd', rest.join(' '))
}

/** `containerd config dump`: reads the files, not the daemon. */
function dump(process: Process, client: ContainerdClient, path: string): number {
  const log = new Log({ write: line => process.complain(line), now: () => process.clock.realtimeSeconds })
  try {
    const tell = ({ level, message, fields }: ConfigLog): void => log.write(level, message, fields)
    const config = loadForDump(client.release, path, { files: process, log: tell })
    proxyPlugins(client.release, config, tell)
    process.print(dumpConfig(client.release, config, { order: client.startOrder(config), log: tell }))
    return 0
  } catch (error) {
    if (error instanceof GoError) process.complain(`containerd: ${error.message}\n`)
    else if (error instanceof GoPanic) process.complain(`panic: ${error.message}\n\ngoroutine 1 [running]:\n`)
    else throw error
    return error instanceof GoPanic ? 2 : 1
  }
}

withCommandLine(containerd, process => {
  const { values, rest } = parseFlags('containerd', process.argv.slice(1), FLAGS)
  if (!values.has('version') && !COMMANDS.includes(rest.join(' ')))
    throw new Unsimulated('containerd', rest.join(' '))
  return undefined
})

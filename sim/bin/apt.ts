import { Unsimulated } from '../../src/host/host.ts'
import { leftBehind } from '../packages/apt-transaction.ts'
import { packageTools } from '../packages/capabilities.ts'
import { Universe } from '../packages/universe.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { aptGet } from './apt-get.ts'
import { commandLineOf, withCommandLine } from './getopt.ts'

const ARCHIVES = '/var/cache/apt/archives'

/** apt(8) up to 2.9 without a terminal: apt-get with a warning, which keeps no packages and counts after an update. */
export function* apt(process: Process): Blocking<number> {
  // Since 3.0 apt shows what it does in a way of its own.
  if (packageTools(process.system.bus.archive).hasTemplateExtractor) throw new Unsimulated('apt', 'apt 3')
  const [verb = ''] = process.argv.slice(1).filter(word => !word.startsWith('-'))
  if (!['update', 'install', 'remove', 'purge', 'autoremove'].includes(verb))
    throw new Unsimulated('apt', process.argv.slice(1).join(' '))
  process.complain('\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n')
  const before = packagesKept(process)
  const status = yield* aptGet(process)
  if (status !== 0) return status
  for (const name of packagesKept(process)) if (!before.includes(name)) process.unlink(`${ARCHIVES}/${name}`)
  if (verb === 'update')
    process.print(`Building dependency tree...\nReading state information...\n${upgradable(process)}`)
  return 0
}

const packagesKept = (process: Process): readonly string[] =>
  process.readdir(ARCHIVES).filter(name => name.endsWith('.deb'))

function upgradable(process: Process): string {
  const count = leftBehind(new Universe(process)).length
  if (count === 0) return 'All packages are up to date.\n'
  const packages = count === 1 ? 'package' : 'packages'
  return `${count} ${packages} can be upgraded. Run 'apt list --upgradable' to see ${count === 1 ? 'it' : 'them'}.\n`
}

withCommandLine(apt, process => commandLineOf(aptGet)?.(process))

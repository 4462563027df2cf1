import { Unsimulated } from '../../src/host/host.ts'
import { ADMIN_DIRECTORY, Database } from '../packages/database.ts'
import type { Process } from '../process.ts'
import { program } from './getopt.ts'

/** dpkg-divert(1) without renaming: what maintainer scripts note down about files that are to come. */
export const dpkgDivert = program(
  {
    options: ['add', 'remove', 'package:', 'local', 'divert:', 'no-rename', 'quiet', 'truename'],
    unsimulated: ['rename', 'list', 'listpackage', 'admindir:', 'instdir:', 'root:', 'test'],
    usageStatus: 2,
  },
  (process, options) => {
    const [path, ...more] = options.operands
    if (path === undefined || more.length > 0)
      throw new Unsimulated('dpkg-divert', options.operands.join(' '))
    const database = new Database(process)
    if (options.has('truename')) {
      const known = database.diversions.find(({ from }) => from === path)
      process.print(`${known?.to ?? path}\n`)
      return 0
    }
    if (!options.has('no-rename')) throw new Unsimulated('dpkg-divert', 'renaming')
    const by = options.has('local')
      ? ':'
      : (options.value('package') ?? process.env.get('DPKG_MAINTSCRIPT_PACKAGE') ?? ':')
    const to = options.value('divert') ?? `${path}.distrib`
    return change(process, database, {
      from: path,
      to,
      by,
      isAdding: !options.has('remove'),
      isQuiet: options.has('quiet'),
    })
  },
)

interface Change {
  readonly from: string
  readonly to: string
  readonly by: string
  readonly isAdding: boolean
  readonly isQuiet: boolean
}

function change(process: Process, database: Database, wanted: Change): number {
  const { from, to, by, isAdding, isQuiet } = wanted
  const known = database.diversions.find(other => other.from === from)
  const words = `diversion of ${from} to ${known?.to ?? to} by ${known?.by ?? by}`
  const isSame = known !== undefined && known.to === to && known.by === by
  if (isAdding && known !== undefined && !isSame)
    throw new Unsimulated('dpkg-divert', `a second diversion of ${from}`)
  if (!isAdding && known === undefined) {
    if (!isQuiet) process.print(`No diversion 'any diversion of ${from}', none removed.\n`)
    return 0
  }
  const verb = isAdding ? (isSame ? 'Leaving' : 'Adding') : 'Removing'
  if (!isQuiet) process.print(`${verb} '${words}'\n`)
  const left = database.diversions.filter(other => other.from !== from)
  const all = isAdding ? [...left, { from, to, by }] : left
  const text = all.map(each => `${each.from}\n${each.to}\n${each.by}\n`).join('')
  process.writeFile(`${ADMIN_DIRECTORY}/diversions`, text, { mode: 0o644 })
  return 0
}

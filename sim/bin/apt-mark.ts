import { Unsimulated } from '../../src/host/host.ts'
import { fail } from '../packages/apt-transaction.ts'
import type { Package } from '../packages/database.ts'
import { ExtendedStates } from '../packages/extended-states.ts'
import { Universe } from '../packages/universe.ts'
import type { Process } from '../process.ts'
import { program } from './getopt.ts'

const VERBS = ['hold', 'unhold', 'auto', 'manual', 'showhold', 'showholds', 'showauto', 'showmanual']

/** apt-mark(8). */
export const aptMark = program(
  {
    options: ['q,quiet', 'y,yes'],
    unsimulated: ['f,file:', 'o,option:', 'c,config-file:', 'v', 'h'],
    usageStatus: 100,
  },
  (process, options) => {
    const [verb, ...words] = options.operands
    if (verb === undefined || ['minimize-manual', 'showinstall', 'showremove', 'showpurge'].includes(verb))
      throw new Unsimulated('apt-mark', verb ?? 'its help')
    if (!VERBS.includes(verb)) return fail(process, `Invalid operation ${verb}`)
    const universe = new Universe(process)
    if (verb.startsWith('show')) return show(process, { verb, words, universe })
    const errors = words
      .filter(word => universe.whatIsKnown(word) === 'nothing')
      .map(word => `Unable to locate package ${word}`)
    const items = words.flatMap(word => universe.database.find(word) ?? [])
    if (errors.length > 0 || words.length === 0) return fail(process, ...errors, 'No packages found')
    if (process.credentials.uid !== 0) return refuse(process, verb)
    const missing = words.filter(word => universe.installed(word) === undefined)
    if (verb.endsWith('hold')) {
      const [name] = missing
      if (name !== undefined) throw new Unsimulated('apt-mark', `${verb} of ${name}, which is not installed`)
      return hold(process, { items, universe, isHolding: verb === 'hold' })
    }
    return mark(process, { words, universe, isAutomatic: verb === 'auto' })
  },
)

function refuse(process: Process, verb: string): number {
  if (!verb.endsWith('hold')) throw new Unsimulated('apt-mark', `${verb} of a user other than root`)
  process.complain('dpkg: error: required read/write access to the dpkg database directory /var/lib/dpkg\n')
  return fail(
    process,
    'Sub-process dpkg --set-selections returned an error code (2)',
    'Executing dpkg failed. Are you root?',
  )
}

function hold(
  process: Process,
  call: { readonly items: readonly Package[]; readonly universe: Universe; readonly isHolding: boolean },
): number {
  const { items, universe, isHolding } = call
  const isHeld = (item: Package): boolean => item.status.want === 'hold'
  for (const item of items) {
    if (isHeld(item) !== isHolding) continue
    process.print(
      `${item.name} was already ${isHolding ? '' : 'not '}set on hold.\n`.replace('not set', 'not'),
    )
  }
  for (const item of items) {
    if (isHeld(item) === isHolding) continue
    universe.database.put(item.withStatus({ want: isHolding ? 'hold' : 'install' }))
    process.print(isHolding ? `${item.name} set on hold.\n` : `Canceled hold on ${item.name}.\n`)
  }
  return 0
}

function mark(
  process: Process,
  call: { readonly words: readonly string[]; readonly universe: Universe; readonly isAutomatic: boolean },
): number {
  const { words, universe, isAutomatic } = call
  const states = new ExtendedStates(process)
  const how = isAutomatic ? 'automatically' : 'manually'
  for (const word of words) {
    if (universe.installed(word) === undefined) {
      process.print(`${word} can not be marked as it is not installed.\n`)
    } else if (states.isAutomatic(word) === isAutomatic) {
      process.print(`${word} was already set to ${how} installed.\n`)
    } else {
      states.mark(word, isAutomatic)
      process.print(`${word} set to ${how} installed.\n`)
    }
  }
  states.save()
  return 0
}

function show(
  process: Process,
  call: { readonly verb: string; readonly words: readonly string[]; readonly universe: Universe },
): number {
  const { verb, words, universe } = call
  const states = new ExtendedStates(process)
  const isShown = (item: Package): boolean => {
    if (words.length > 0 && !words.includes(item.name)) return false
    if (verb.startsWith('showhold')) return item.status.want === 'hold'
    return item.isThere && states.isAutomatic(item.name) === (verb === 'showauto')
  }
  for (const item of universe.database.all) if (isShown(item)) process.print(`${item.name}\n`)
  return 0
}

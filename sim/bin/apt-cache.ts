import { Unsimulated } from '../../src/host/host.ts'
import { fail } from '../packages/apt-transaction.ts'
import { inDatabaseOrder, stanzaText } from '../packages/stanza.ts'
import { Universe } from '../packages/universe.ts'
import type { Process } from '../process.ts'
import { program } from './getopt.ts'

/** apt-cache(8): policy, madison and show. */
export const aptCache = program(
  {
    options: ['q,quiet'],
    unsimulated: [
      'a,all-versions',
      'no-all-versions',
      'n,names-only',
      'o,option:',
      'c,config-file:',
      'g',
      'f',
      'v',
      'h',
    ],
    usageStatus: 100,
  },
  (process, options) => {
    const [verb, ...words] = options.operands
    const universe = new Universe(process)
    if (verb === 'policy' && words.length > 0) return policy(process, universe, words)
    if (verb === 'madison') return madison(process, universe, words)
    if (verb === 'show' && words.length > 0) return show(process, universe, words)
    throw new Unsimulated('apt-cache', options.operands.join(' '))
  },
)

/** The priority of what is neither pinned nor from backports, and of what is installed: apt_preferences(5). */
const [ARCHIVE_PRIORITY, INSTALLED_PRIORITY] = [500, 100]

function policy(process: Process, universe: Universe, words: readonly string[]): number {
  for (const word of words) {
    if (universe.whatIsKnown(word) === 'nothing') {
      process.complain(`N: Unable to locate package ${word}\n`)
      continue
    }
    process.print(policyOf(universe, word))
  }
  return 0
}

function policyOf(universe: Universe, name: string): string {
  const there = universe.installed(name)?.version
  const versions = universe.versions(name)
  const rows = versions.map(({ version, suites }) => ({ version, suites: suites.map(rowOf) }))
  if (there !== undefined && !versions.some(({ version }) => version === there))
    rows.push({ version: there, suites: [] })
  const lines = rows.flatMap(({ version, suites }) => {
    const isThere = version === there
    const priority = suites.length > 0 ? ARCHIVE_PRIORITY : INSTALLED_PRIORITY
    const own = isThere ? [`        ${INSTALLED_PRIORITY} /var/lib/dpkg/status`] : []
    return [` ${isThere ? '***' : '   '} ${version} ${priority}`, ...suites, ...own]
  })
  const head = [
    `${name}:`,
    `  Installed: ${there ?? '(none)'}`,
    `  Candidate: ${universe.candidate(name) ?? '(none)'}`,
    '  Version table:',
  ]
  return [...head, ...lines].map(line => `${line}\n`).join('')
}

const rowOf = ({ uri, suite }: { readonly uri: string; readonly suite: string }): string =>
  `        ${ARCHIVE_PRIORITY} ${uri} ${suite}/main amd64 Packages`

function madison(process: Process, universe: Universe, words: readonly string[]): number {
  for (const word of words) {
    if (universe.whatIsKnown(word) === 'nothing') process.complain(`N: Unable to locate package ${word}\n`)
    for (const { version, suites } of universe.versions(word))
      for (const { uri, suite } of suites) {
        const columns = [word.padStart(10), version.padStart(10), `${uri} ${suite}/main amd64 Packages`]
        process.print(`${columns.join(' | ')}\n`)
      }
  }
  return 0
}

function show(process: Process, universe: Universe, words: readonly string[]): number {
  for (const word of words) {
    if (universe.whatIsKnown(word) === 'nothing') return fail(process, 'No packages found')
    if (universe.versions(word).length > 1)
      throw new Unsimulated('apt-cache', `show ${word}: several versions`)
    const there = universe.installed(word)
    if (universe.versions(word).length === 0 && there !== undefined)
      process.print(`${stanzaText(inDatabaseOrder(there.fields))}\n`)
    else process.print(`${stanzaText(universe.file(word)?.index ?? new Map())}\n`)
  }
  return 0
}

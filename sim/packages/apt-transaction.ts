import { Unsimulated } from '../../src/host/host.ts'
import { decodeText } from '../../src/host/surrogate-escape.ts'
import type { OpenFile } from '../fs/open-file.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { countLine, durationText, sizeText, wordList } from './apt-words.ts'
import type { PackageFile } from './archive-package.ts'
import { packageTools } from './capabilities.ts'
import type { Package } from './database.ts'
import type { ExtendedStates } from './extended-states.ts'
import { Installer } from './installer.ts'
import { elide } from './placing.ts'
import { preconfigure } from './preconfigure.ts'
import { parseRelations, relationText } from './relation.ts'
import { type Selection, unneeded } from './resolver.ts'
import { TerminalOutput } from './terminal-output.ts'
import type { Universe } from './universe.ts'
import { unpackOrder } from './unpack-order.ts'

/** How apt-get was asked to go about it. */
export interface TransactionOptions {
  readonly isAssumingYes: boolean
  readonly isSimulating: boolean
  readonly isDownloadOnly: boolean
  readonly isPurging: boolean
  readonly isRemovingUnneeded: boolean
  readonly isChangingHeld: boolean
  readonly isRemovingEssential: boolean
  readonly isWithRecommends: boolean
  /** `-qq` is 2: nothing but errors and what dpkg says. */
  readonly quietness: number
  /** Whether dpkg gets a terminal of its own, as it does unless DPkg::Use-Pty is off. */
  readonly isUsingPty: boolean
}

export interface Transaction {
  readonly process: Process
  readonly universe: Universe
  readonly states: ExtendedStates
  readonly selection: Selection
  /** Names that were asked for. */
  readonly asked: readonly string[]
  readonly options: TransactionOptions
}

/** What a link of 200 Mbit/s carries in a second: the network of a simulated host. */
const BYTES_A_SECOND = 25_000_000

const ARCHIVES = '/var/cache/apt/archives'

const names = (items: Iterable<{ readonly name: string }>): string[] =>
  [...items].map(item => item.name).sort()

/** Tells what will be done, asks where that is due, and does it; the exit status of apt-get. */
export function* carryOut(transaction: Transaction): Blocking<number> {
  const { process, selection, options } = transaction
  const say = (text: string): void => {
    if (options.quietness < 2 && text !== '') process.print(text)
  }
  const files = [...selection.coming.values()]
  if (selection.unmet.length > 0) return tellUnmet(transaction)
  const superfluous = unneeded(transaction.universe, transaction.states, selection)
  if (options.isRemovingUnneeded) for (const item of superfluous) selection.remove(item)
  else say(autoremoveText(superfluous))
  say(announcement(transaction))
  const refusal = refusalOf(transaction, say)
  say(counts(transaction))
  if (refusal !== undefined) return fail(process, refusal)
  if (files.length === 0 && selection.going.size === 0) return 0
  if (options.isSimulating) return simulate(transaction)
  return yield* proceed(transaction, say)
}

function* proceed(transaction: Transaction, say: (text: string) => void): Blocking<number> {
  const { process, selection, options } = transaction
  const files = unpackOrder([...selection.coming.values()])
  const missing = files.filter(file => !process.exists(`${ARCHIVES}/${file.fileName}`))
  say(sizes(transaction, { files, missing }))
  if (!options.isAssumingYes && (selection.going.size > 0 || isMoreThanAsked(transaction))) {
    process.print('Do you want to continue? [Y/n] ')
    if (!(yield* isAgreed(process))) {
      process.print('Abort.\n')
      return 1
    }
  }
  if (missing.length > 0) yield* download(transaction, { missing, say })
  if (options.isDownloadOnly) {
    say('Download complete and in download only mode\n')
    return 0
  }
  if (files.length > 0) preconfigure(process, files.length)
  return yield* runDpkg(transaction, files)
}

const isMoreThanAsked = ({ selection, asked }: Transaction): boolean => selection.coming.size !== asked.length

function* isAgreed(process: Process): Blocking<boolean> {
  let line = ''
  while (!line.includes('\n')) {
    const bytes = yield* process.read(0, 1)
    if (bytes.length === 0) return false
    line += decodeText(bytes)
  }
  return /^(y.*)?$/i.test(line.trim())
}

function autoremoveText(items: readonly Package[]): string {
  const isOne = items.length === 1
  const heading = isOne
    ? 'The following package was automatically installed and is no longer required:'
    : 'The following packages were automatically installed and are no longer required:'
  const list = wordList(heading, names(items))
  return list === '' ? '' : `${list}Use 'apt autoremove' to remove ${isOne ? 'it' : 'them'}.\n`
}

function announcement(transaction: Transaction): string {
  const { selection, asked, universe, options } = transaction
  const { isWrappingWords } = packageTools(transaction.process.system.bus.archive)
  const inWords = (groups: readonly string[]): readonly string[] =>
    isWrappingWords ? groups.flatMap(group => group.split(' ')) : groups
  const coming = [...selection.coming.values()].map(file => file.item)
  const extra = coming.filter(item => !asked.includes(item.name))
  const fresh = coming.filter(item => universe.installed(item.name) === undefined)
  const upgraded = coming.filter(item => universe.installed(item.name) !== undefined)
  const mark = options.isPurging ? '*' : ''
  return [
    wordList('The following additional packages will be installed:', names(extra)),
    wordList('Suggested packages:', inWords(unmetGroups(transaction, 'Suggests'))),
    wordList(
      'Recommended packages:',
      options.isWithRecommends ? [] : inWords(unmetGroups(transaction, 'Recommends')),
    ),
    wordList(
      'The following packages will be REMOVED:',
      names(selection.going.values()).map(name => name + mark),
    ),
    wordList('The following NEW packages will be installed:', names(fresh)),
    wordList('The following packages will be upgraded:', names(upgraded)),
  ].join('')
}

/** Groups of a field of the packages to come that nothing meets, as apt lists them: each once. */
function unmetGroups({ selection, universe }: Transaction, field: string): readonly string[] {
  const items = [...selection.coming.values()].map(file => file.item)
  const groups = items
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .filter(item => universe.installed(item.name) === undefined)
    .flatMap(item => parseRelations(item.field(field)))
    .filter(group => !selection.isMet(group))
  return [...new Set(groups.map(group => group.map(({ name }) => name).join(' | ')))]
}

/** Why apt would not go on; what it tells besides is told. */
function refusalOf({ selection, options }: Transaction, say: (text: string) => void): string | undefined {
  const held = [...selection.going.values()].filter(item => item.status.want === 'hold')
  say(wordList('The following held packages will be changed:', names(held)))
  const essential = [...selection.going.values()].filter(item => item.isEssential)
  if (essential.length > 0) {
    const warning = 'WARNING: The following essential packages will be removed.'
    const advice = 'This should NOT be done unless you know exactly what you are doing!'
    say(wordList(`${warning}\n${advice}`, names(essential)))
  }
  if (essential.length > 0 && !options.isRemovingEssential)
    return 'Essential packages were removed and -y was used without --allow-remove-essential.'
  if (held.length === 0 || options.isChangingHeld) return undefined
  return 'Held packages were changed and -y was used without --allow-change-held-packages.'
}

function counts({ selection, universe }: Transaction): string {
  const coming = [...selection.coming.keys()]
  const installed = coming.filter(name => universe.installed(name) === undefined).length
  return countLine({
    upgraded: coming.length - installed,
    installed,
    removed: selection.going.size,
    left: leftBehind(universe).filter(name => !selection.coming.has(name) && !selection.going.has(name))
      .length,
  })
}

/** Installed packages of which the archive has a newer version. */
export const leftBehind = (universe: Universe): readonly string[] =>
  universe.database.all
    .filter(item => item.isThere && universe.candidate(item.name) !== item.version)
    .map(item => item.name)

function sizes(
  { selection, universe }: Transaction,
  { files, missing }: { files: readonly PackageFile[]; missing: readonly PackageFile[] },
): string {
  const sum = (list: readonly PackageFile[]): number =>
    list.reduce((total, file) => total + file.sizeBytes, 0)
  const [all, needed] = [sum(files), sum(missing)]
  const space = (item: Package | undefined): number => Number(item?.field('Installed-Size') || 0) * 1024
  const grown =
    files.reduce((total, file) => total + space(file.item) - space(universe.installed(file.item.name)), 0) -
    [...selection.going.values()].reduce((total, item) => total + space(item), 0)
  const need =
    files.length === 0
      ? ''
      : `Need to get ${sizeText(needed)}${needed === all ? '' : `/${sizeText(all)}`} of archives.\n`
  const after =
    grown < 0
      ? `After this operation, ${sizeText(-grown)} disk space will be freed.\n`
      : `After this operation, ${sizeText(grown)} of additional disk space will be used.\n`
  return need + after
}

function* download(
  { process, universe }: Transaction,
  { missing, say }: { missing: readonly PackageFile[]; say: (text: string) => void },
): Blocking<void> {
  for (const [at, file] of missing.entries()) {
    const { item } = file
    const [best] = universe.versions(item.name)
    const suite = best?.suites[0]
    if (suite === undefined) throw new Unsimulated('apt-get', `fetching ${item.name}`)
    const size = file.sizeBytes === 0 ? '' : ` [${sizeText(file.sizeBytes)}]`
    const what =
      suite.suite === '/'
        ? ` ${item.name} ${item.version}`
        : `${suite.suite}/main amd64 ${item.name} ${item.architecture} ${item.version}`
    say(`Get:${at + 1} ${suite.uri} ${what}${size}\n`)
    const path = `${ARCHIVES}/${file.fileName}`
    process.writeFile(path, '', { mode: 0o644 })
    elide(process, path, file.sizeBytes)
  }
  const bytes = missing.reduce((total, file) => total + file.sizeBytes, 0)
  say(yield* fetched(process, bytes))
}

/** The time that so many bytes take, and the line that says so. */
export function* fetched(process: Process, bytes: number): Blocking<string> {
  yield* process.sleep(Math.round((bytes / BYTES_A_SECOND) * 1e9))
  const seconds = Math.floor(bytes / BYTES_A_SECOND)
  return `Fetched ${sizeText(bytes)} in ${durationText(seconds)} (${sizeText(BYTES_A_SECOND)}/s)\n`
}

/** apt runs dpkg on a terminal of its own and passes on what it says, errors too, as its own output. */
function* runDpkg(transaction: Transaction, files: readonly PackageFile[]): Blocking<number> {
  const { process, selection, options, states } = transaction
  const output = process.files.get(1)
  const streams = new Map<number, OpenFile>(process.files)
  if (output !== undefined && options.isUsingPty) {
    const terminal = new TerminalOutput(output)
    streams.set(1, terminal)
    streams.set(2, terminal)
  }
  const { archive } = process.system.bus
  const installer = new Installer(process, {
    files: streams,
    isTerminal: options.isUsingPty,
    dpkgVersion: packageTools(archive).dpkgVersion,
  })
  yield* removeAll(transaction, installer)
  installer.beginRun()
  const isNumbered = files.length >= 5
  const width = String(files.length - 1).length
  for (const [at, file] of files.entries()) {
    const number = isNumbered ? `${String(at).padStart(width, '0')}-` : ''
    yield* installer.unpack(file, `.../${number}${file.fileName}`)
  }
  yield* installer.configurePending()
  for (const file of files)
    if (
      !transaction.asked.includes(file.item.name) &&
      transaction.universe.installed(file.item.name) === undefined
    )
      states.mark(file.item.name, true, file.item.architecture === 'all' ? 'amd64' : file.item.architecture)
  for (const name of selection.going.keys()) states.mark(name, false)
  states.save()
  if (installer.end() === 0) return 0
  return fail(process, 'Sub-process /usr/bin/dpkg returned an error code (1)')
}

/** Those that need others first; with --purge what they leave in a second run of dpkg. */
function* removeAll({ selection, options }: Transaction, installer: Installer): Blocking<void> {
  const going = removalOrder([...selection.going.values()])
  for (const item of going) if (item.isThere) yield* installer.remove(item, false)
  if (!options.isPurging) return
  installer.beginRun()
  for (const item of going) {
    const left = installer.database.find(item.name)
    if (left !== undefined) yield* installer.remove(left, true)
  }
}

function removalOrder(items: readonly Package[]): readonly Package[] {
  const sorted = [...items].sort((a, b) => (a.name < b.name ? -1 : 1))
  const ordered: Package[] = []
  const visit = (item: Package): void => {
    if (ordered.includes(item)) return
    for (const other of sorted) {
      const needs = parseRelations(
        [other.field('Depends'), other.field('Pre-Depends')].filter(Boolean).join(','),
      )
      const isNeeding = other !== item && needs.flat().some(relation => relation.name === item.name)
      if (isNeeding) visit(other)
    }
    if (!ordered.includes(item)) ordered.push(item)
  }
  for (const item of sorted) visit(item)
  return ordered
}

function simulate({ process, selection, universe }: Transaction): number {
  for (const item of removalOrder([...selection.going.values()]))
    process.print(`Remv ${item.name} [${item.version}]\n`)
  const lines = unpackOrder([...selection.coming.values()]).map(({ item }) => {
    const suite = universe.versions(item.name)[0]?.suites[0]
    const { Label = '', Version = '', Suite = '' } = suite?.release ?? {}
    const place = Version === '' ? `${Label}:${Suite}` : `${Label}:${Version}/${Suite}`
    return `${item.name} (${item.version} ${place} [${item.architecture}])`
  })
  for (const line of lines) process.print(`Inst ${line}\n`)
  for (const line of lines) process.print(`Conf ${line}\n`)
  return 0
}

function tellUnmet({ process, selection, universe }: Transaction): number {
  for (const { group } of selection.unmet) for (const relation of group) universe.whatIsKnown(relation.name)
  throw new Unsimulated(
    process.name,
    `unmet dependencies: ${selection.unmet.map(({ name, group }) => `${name} needs ${group.map(relationText).join(' | ')}`).join(', ')}`,
  )
}

/** An error as apt prints it, and its exit status. */
export function fail(process: Process, ...messages: readonly string[]): number {
  process.complain(messages.map(message => `E: ${message}\n`).join(''))
  return 100
}

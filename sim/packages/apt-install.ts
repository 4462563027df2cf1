import { Unsimulated } from '../../src/host/host.ts'
import { fnmatch } from '../formats/fnmatch.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { carryOut, fail, type TransactionOptions } from './apt-transaction.ts'
import { packageTools } from './capabilities.ts'
import { ExtendedStates } from './extended-states.ts'
import { Selection } from './resolver.ts'
import { Universe } from './universe.ts'

/** What a verb of apt-get works on. */
export interface AptRequest {
  readonly process: Process
  readonly words: readonly string[]
  readonly options: TransactionOptions
}

/** State while the words are read. */
interface Reading {
  readonly process: Process
  readonly universe: Universe
  readonly states: ExtendedStates
  readonly selection: Selection
  readonly asked: string[]
  readonly say: (text: string) => void
}

function begin({ process, options }: AptRequest): Reading {
  const universe = new Universe(process)
  const say = (text: string): void => {
    if (options.quietness < 2) process.print(text)
  }
  say('Reading package lists...\nBuilding dependency tree...\nReading state information...\n')
  const states = new ExtendedStates(process)
  const selection = new Selection(universe, options.isWithRecommends)
  return { process, universe, states, selection, asked: [], say }
}

function* finish(reading: Reading, { process, options }: AptRequest): Blocking<number> {
  if (packageTools(process.system.bus.archive).isTellingOfSolving) reading.say('Solving dependencies...\n')
  const { universe, states, selection, asked } = reading
  return yield* carryOut({ process, universe, states, selection, asked, options })
}

/** `apt-get install`. */
export function* install(request: AptRequest): Blocking<number> {
  const archive = request.words.find(word => word.includes('/') && word.endsWith('.deb'))
  if (archive !== undefined) return installFile(request, archive)
  const reading = begin(request)
  const errors: string[] = []
  const chosen: string[] = []
  for (const word of request.words) {
    const [name = '', version] = word.split('=')
    checkWord(word)
    const problem = lookUp(reading, name, version)
    if (problem === undefined) chosen.push(name)
    else errors.push(...problem)
  }
  if (errors.length > 0) return fail(request.process, ...errors)
  for (const name of chosen) choose(reading, name)
  return yield* finish(reading, request)
}

function installFile({ process }: AptRequest, path: string): number {
  if (process.exists(path)) throw new Unsimulated('apt-get', `installing the file ${path}`)
  process.print('Reading package lists...\n')
  return fail(process, `Unsupported file ${path} given on commandline`)
}

function checkWord(word: string): void {
  const [name = ''] = word.split('=')
  if (/[+-]$/.test(name) || /[*?/^$]/.test(name)) throw new Unsimulated('apt-get', `the word ${word}`)
}

/** Why a name cannot be had; what apt tells besides is printed. */
function lookUp(
  { universe, process }: Reading,
  name: string,
  version?: string,
): readonly string[] | undefined {
  if (universe.whatIsKnown(name) === 'nothing') return notFound(name)
  const versions = universe.versions(name).map(each => each.version)
  const there = universe.installed(name)?.version
  const fits = (candidate: string): boolean => version === undefined || fnmatch(version, candidate)
  if (![...versions, ...(there === undefined ? [] : [there])].some(fits) && version !== undefined) {
    process.print(NOT_AVAILABLE(name))
    return [`Version '${version}' for '${name}' was not found`]
  }
  if (version !== undefined && !fits(universe.candidate(name) ?? ''))
    throw new Unsimulated('apt-get', `version ${version} of ${name}`)
  if (universe.candidate(name) !== undefined) return undefined
  const providers = universe.providers({ name, operator: '', version: '' })
  if (providers.length > 0) throw new Unsimulated('apt-get', `the virtual package ${name}`)
  process.print(NOT_AVAILABLE(name))
  return [`Package '${name}' has no installation candidate`]
}

const NOT_AVAILABLE = (name: string): string =>
  `Package ${name} is not available, but is referred to by another package.\nThis may mean that the package is missing, has been obsoleted, or\nis only available from another source\n\n`

/** A name with a dot is taken for a pattern too. */
const notFound = (name: string): readonly string[] => [
  `Unable to locate package ${name}`,
  ...(name.includes('.')
    ? [`Couldn't find any package by glob '${name}'`, `Couldn't find any package by regex '${name}'`]
    : []),
]

function choose(reading: Reading, name: string): void {
  const { universe, states, selection, asked, say } = reading
  const there = universe.installed(name)
  if (there !== undefined && there.version === universe.candidate(name)) {
    say(`${name} is already the newest version (${there.version}).\n`)
    if (!states.isAutomatic(name)) return
    say(`${name} set to manually installed.\n`)
    states.mark(name, false)
    states.save()
    return
  }
  asked.push(name)
  states.mark(name, false)
  selection.install(name)
}

/** `apt-get remove` and `apt-get purge`. */
export function* remove(request: AptRequest): Blocking<number> {
  const reading = begin(request)
  const { universe, selection, asked, say } = reading
  const errors: string[] = []
  for (const word of request.words) {
    checkWord(word)
    if (universe.whatIsKnown(word) === 'nothing') errors.push(...notFound(word))
  }
  if (errors.length > 0) return fail(request.process, ...errors)
  for (const word of request.words) {
    const item = universe.database.find(word)
    const isGone = item === undefined || item.status.state === 'not-installed'
    const isLeft = item?.status.state === 'config-files'
    if (isGone || (isLeft && !request.options.isPurging)) {
      say(`Package '${word}' is not installed, so not removed\n`)
      continue
    }
    asked.push(word)
    selection.remove(item)
  }
  return yield* finish(reading, request)
}

/** `apt-get autoremove`, and with `--purge` the configuration too. */
export function* autoremove(request: AptRequest): Blocking<number> {
  if (request.words.length > 0) throw new Unsimulated('apt-get', 'autoremove of named packages')
  return yield* finish(begin(request), request)
}

/** `apt-get upgrade` and `dist-upgrade` of a host that has the newest of what the catalogue holds. */
export function* upgrade(request: AptRequest): Blocking<number> {
  const reading = begin(request)
  const { universe, say } = reading
  const old = universe.database.all.find(
    item => item.isThere && universe.candidate(item.name) !== item.version,
  )
  if (old !== undefined)
    throw new Unsimulated('apt-get', `upgrading ${old.name} to ${universe.candidate(old.name)}`)
  say('Calculating upgrade...\n')
  return yield* finish(reading, request)
}

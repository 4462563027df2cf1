import { strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { packageTools } from '../packages/capabilities.ts'
import { Database } from '../packages/database.ts'
import { dependencyProblems } from '../packages/dependency-problems.ts'
import { Installer } from '../packages/installer.ts'
import { withPackageLock } from '../packages/lock.ts'
import { list, listFiles, queryOf, search, show, status } from '../packages/query.ts'
import { selections, setSelections } from '../packages/selections.ts'
import { compareWords } from '../packages/version.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { type ParsedOptions, parseOptions, UsageError, withCommandLine } from './getopt.ts'

const HINT = `
Type dpkg --help for help about installing and deinstalling packages [*];
Use 'apt' or 'aptitude' for user-friendly package management;
Type dpkg -Dhelp for a list of dpkg debug flag values;
Type dpkg --force-help for a list of forcing options;
Type dpkg-deb --help for help about manipulating *.deb files;

Options marked [*] produce a lot of output - pipe it through 'less' or 'more' !`

const SPEC = {
  options: [
    'l,list',
    'L,listfiles',
    'S,search',
    's,status',
    'r,remove',
    'P,purge',
    'configure',
    'i,install',
    'a,pending',
    'get-selections',
    'set-selections',
    'compare-versions',
    'print-architecture',
    'print-foreign-architectures',
    'version',
    'no-pager',
  ],
  unsimulated: [
    'A,record-avail',
    'unpack',
    'triggers-only',
    'V,verify',
    'C,audit',
    'add-architecture',
    'remove-architecture',
    'clear-selections',
    'yet-to-unpack',
    'predep-package',
    'update-avail',
    'merge-avail',
    'clear-avail',
    'assert-help',
    'validate-pkgname',
    'force-all',
    'force-confold',
    'force-confdef',
    'force-confnew',
    'force-depends',
    'force-help',
    'no-act',
    'simulate',
    'dry-run',
    'root:',
    'admindir:',
    'instdir:',
    'no-triggers',
    'G,refuse-downgrade',
    'E,skip-same-version',
    'p,print-avail',
    'c,contents',
    'I,info',
    'x,extract',
    'b,build',
    'D,debug:',
  ],
  usageStatus: 2,
  isStoppingAtOperand: false,
} as const

/** dpkg(1): its queries, and what it does with packages that are there. */
export function dpkg(process: Process): number | Blocking<number> {
  try {
    const [first, ...rest] = process.argv.slice(1)
    if (first === '--compare-versions') return compare(rest)
    if (first === '--validate-version') return validate(rest)
    return run(process, parse(process))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.complain(error.text)
    return error.exitCode
  }
}

const QUERIES = { list, listfiles: listFiles, search, status, show }

/** dpkg has words of its own for options that it does not know. */
function parse(process: Process): ParsedOptions {
  try {
    return parseOptions(process, SPEC)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const [, long, letter] = /unrecognized option '(--[^'=]*)|invalid option -- '(.)'/.exec(error.text) ?? []
    throw new UsageError(`dpkg: error: unknown option ${long ?? `-${letter}`}\n${HINT}\n`, 2)
  }
}

function run(process: Process, options: ParsedOptions): number | Blocking<number> {
  const words = options.operands
  const action = options.last(
    'list',
    'listfiles',
    'search',
    'status',
    'remove',
    'purge',
    'configure',
    'install',
    'get-selections',
    'set-selections',
    'print-architecture',
    'print-foreign-architectures',
    'version',
  )
  switch (action) {
    case undefined:
      throw new UsageError(`dpkg: error: need an action option\n${HINT}\n`, 2)
    case 'list':
    case 'listfiles':
    case 'search':
    case 'status':
      return QUERIES[action](queryOf(process, words))
    case 'print-architecture':
      process.print('amd64\n')
      return 0
    case 'print-foreign-architectures':
      return 0
    case 'version':
      return version(process)
    case 'get-selections':
      return selections(process, words)
    default:
      return change(process, { action, words, isPending: options.has('pending') })
  }
}

function version(process: Process): number {
  const { answer } = process.system.bus.archive
  process.print(answer(['dpkg', '--version']))
  return 0
}

interface Change {
  readonly action: string
  readonly words: readonly string[]
  readonly isPending: boolean
}

function* change(process: Process, request: Change): Blocking<number> {
  const { action, words } = request
  if (process.credentials.uid !== 0) {
    const isSelection = action === 'set-selections'
    process.complain(
      isSelection
        ? 'dpkg: error: required read/write access to the dpkg database directory /var/lib/dpkg\n'
        : 'dpkg: error: requested operation requires superuser privilege\n',
    )
    return 2
  }
  if (action === 'set-selections') return setSelections(process, yield* process.readToEnd(0))
  if (action === 'install') return installArchive(process, words)
  return yield* withPackageLock(process, () => act(process, request))
}

/** The archive that is named; none of the simulated host's files is one that could be unpacked. */
function installArchive(process: Process, words: readonly string[]): number {
  const missing = words.find(word => !process.exists(word))
  if (missing === undefined) throw new Unsimulated('dpkg', `--install of ${words.join(' ')}`)
  process.complain(`dpkg: error: cannot access archive '${missing}': ${strerror('ENOENT')}\n`)
  return 2
}

function* act(process: Process, { action, words, isPending }: Change): Blocking<number> {
  const installer = new Installer(process, {
    files: process.files,
    isTerminal: false,
    dpkgVersion: packageTools(process.system.bus.archive).dpkgVersion,
  })
  if (action === 'configure') {
    if (!isPending) throw new Unsimulated('dpkg', '--configure of a named package')
    yield* installer.configurePending()
    return installer.end()
  }
  if (isPending) throw new Unsimulated('dpkg', `--${action} --pending`)
  if (words.length === 0)
    throw new UsageError(`dpkg: error: --${action} needs at least one package name argument\n${HINT}\n`, 2)
  for (const word of words)
    yield* removeOne(process, installer, { word, words, isPurging: action === 'purge' })
  yield* installer.processTriggers()
  return installer.end()
}

function* removeOne(
  process: Process,
  installer: Installer,
  options: { readonly word: string; readonly words: readonly string[]; readonly isPurging: boolean },
): Blocking<void> {
  const { word, words, isPurging } = options
  const item = installer.database.find(word)
  const state = item?.status.state ?? 'not-installed'
  if (item === undefined || state === 'not-installed') {
    process.complain(`dpkg: warning: ignoring request to remove ${word} which isn't installed\n`)
    return
  }
  if (state === 'config-files' && !isPurging) {
    process.complain(
      `dpkg: warning: ignoring request to remove ${word}, only the config\n files of which are on the system; use --purge to remove them too\n`,
    )
    return
  }
  const problems = dependencyProblems(new Database(process), item, words)
  if (problems === '' && !item.isEssential) {
    yield* installer.remove(item, isPurging)
    return
  }
  const why = item.isEssential
    ? ' this is an essential package; it should not be removed\n'
    : ' dependency problems - not removing\n'
  const verb = isPurging ? '--purge' : '--remove'
  process.complain(`${problems}dpkg: error processing package ${item.displayName} (${verb}):\n${why}`)
  installer.failed.push(item.displayName)
}

/** deb-version(7): a version that is one says nothing. */
function validate(words: readonly string[]): number {
  const [version = '', ...more] = words.filter(word => word !== '--')
  if (more.length > 0 || !/^(\d+:)?\d[A-Za-z0-9.+~:-]*$/.test(version))
    throw new Unsimulated('dpkg', `--validate-version ${[version, ...more].join(' ')}`)
  return 0
}

function compare(words: readonly string[]): number {
  const [one = '', relation = '', other = ''] = words
  const isSo = compareWords(one, relation, other)
  if (words.length !== 3 || isSo === undefined)
    throw new Unsimulated('dpkg', `--compare-versions ${words.join(' ')}`)
  return isSo ? 0 : 1
}

withCommandLine(dpkg, process =>
  /^--(compare|validate)-versions?$/.test(process.argv[1] ?? '') ? undefined : parseOptions(process, SPEC),
)

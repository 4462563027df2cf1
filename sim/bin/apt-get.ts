import { strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { readAptConfig } from '../packages/apt-config.ts'
import { type AptRequest, autoremove, install, remove, upgrade } from '../packages/apt-install.ts'
import { fail, type TransactionOptions } from '../packages/apt-transaction.ts'
import { update } from '../packages/apt-update.ts'
import { withPackageLock } from '../packages/lock.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { type ParsedOptions, parseOptions, UsageError, withCommandLine } from './getopt.ts'

const SPEC = {
  options: [
    'y,yes',
    'assume-yes',
    'q,quiet::',
    's,simulate',
    'dry-run',
    'no-act',
    'just-print',
    'd,download-only',
    'no-install-recommends',
    'install-recommends',
    'no-upgrade',
    'purge',
    'autoremove',
    'auto-remove',
    'allow-change-held-packages',
    'allow-remove-essential',
    'allow-unauthenticated',
    'allow-downgrades',
    'allow-releaseinfo-change',
    'force-yes',
    'o,option:',
    'v,version',
  ],
  unsimulated: [
    'h,help',
    'f,fix-broken',
    'm,ignore-missing',
    'fix-missing',
    'reinstall',
    'only-upgrade',
    'V,verbose-versions',
    'u,show-upgraded',
    't,target-release:',
    'default-release:',
    'c,config-file:',
    'a,host-architecture:',
    'P,build-profiles:',
    'b,compile',
    'build',
    'ignore-hold',
    'with-new-pkgs',
    'print-uris',
    'assume-no',
    'install-suggests',
    'no-remove',
    'no-download',
    'trivial-only',
    'no-auto-remove',
    'show-progress',
    'with-source:',
    'solver:',
    'planner:',
    'error-on:',
  ],
} as const

const VERBS: Readonly<Record<string, (request: AptRequest) => Blocking<number>>> = {
  install,
  remove,
  purge: remove,
  autoremove,
  autopurge: autoremove,
  'auto-remove': autoremove,
  upgrade,
  'dist-upgrade': upgrade,
}

/** Verbs of apt-get(8) that are not modelled. */
const OTHER_VERBS = [
  'reinstall',
  'source',
  'build-dep',
  'satisfy',
  'download',
  'changelog',
  'indextargets',
  'markauto',
  'unmarkauto',
  'dselect-upgrade',
  'moo',
  'help',
  'distclean',
  'autoclean',
  'auto-clean',
  'check',
]

/** apt-get(8): what the archives of the host offer, and dpkg to install it. */
export function* aptGet(process: Process): Blocking<number> {
  let options: ParsedOptions
  try {
    options = parseOptions(process, SPEC)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const word = /option '([^']*)'/.exec(error.text)?.[1] ?? /-- '(.)'/.exec(error.text)?.[1] ?? ''
    const name = word.startsWith('--') ? word : `'${word}' [from -${word}]`
    const why = word.startsWith('--')
      ? 'is not understood in combination with the other options'
      : 'is not known.'
    return fail(process, `Command line option ${name} ${why}`)
  }
  if (options.has('version')) {
    process.print(process.system.bus.archive.answer(['apt-get', '--version']))
    return 0
  }
  const [verb, ...words] = options.operands
  if (verb === undefined) throw new Unsimulated('apt-get', 'its help')
  return yield* run(process, { verb, words, options })
}

function* run(
  process: Process,
  call: { readonly verb: string; readonly words: readonly string[]; readonly options: ParsedOptions },
): Blocking<number> {
  const { verb, words, options } = call
  const settings = transactionOptions(process, verb, options)
  const body = VERBS[verb]
  if (OTHER_VERBS.includes(verb)) throw new Unsimulated('apt-get', verb)
  if (body === undefined && !['update', 'clean'].includes(verb))
    return fail(process, `Invalid operation ${verb}`)
  if (process.credentials.uid !== 0 && !settings.isSimulating)
    return refuse(process, verb, settings.quietness)
  if (verb === 'update') return yield* update(process, settings.quietness)
  if (body === undefined) return clean(process)
  const request = { process, words, options: settings }
  if (settings.isSimulating) return yield* body(request)
  return yield* withPackageLock(process, () => body(request))
}

function transactionOptions(process: Process, verb: string, options: ParsedOptions): TransactionOptions {
  const config = readAptConfig(process, options.values('option'))
  const has = (...names: readonly string[]): boolean => names.some(name => options.has(name))
  const quiet = options.all
    .filter(option => option.name === 'quiet')
    .reduce((level, { argument }) => (argument === undefined ? level + 1 : Number(argument)), 0)
  const recommends = options.last('no-install-recommends', 'install-recommends')
  return {
    isAssumingYes: config.isAssumingYes || has('yes', 'assume-yes', 'force-yes') || quiet >= 2,
    isSimulating: has('simulate', 'dry-run', 'no-act', 'just-print'),
    isDownloadOnly: has('download-only'),
    isPurging: verb === 'purge' || verb === 'autopurge' || has('purge'),
    isRemovingUnneeded: verb.startsWith('auto') || has('autoremove', 'auto-remove'),
    isChangingHeld: has('allow-change-held-packages', 'force-yes'),
    isRemovingEssential: has('allow-remove-essential', 'force-yes'),
    isWithRecommends:
      recommends === undefined ? config.isWithRecommends : recommends === 'install-recommends',
    quietness: quiet,
    isUsingPty: config.isUsingPty,
  }
}

/** Who is not root gets no lock. */
function refuse(process: Process, verb: string, quietness: number): number {
  if (verb === 'update') {
    if (quietness < 2) process.print('Reading package lists...\n')
    const lock = '/var/lib/apt/lists/lock'
    fail(
      process,
      `Could not open lock file ${lock} - open (13: ${strerror('EACCES')})`,
      'Unable to lock directory /var/lib/apt/lists/',
    )
    for (const name of ['pkgcache.bin', 'srcpkgcache.bin'])
      process.complain(
        `W: Problem unlinking the file /var/cache/apt/${name} - RemoveCaches (13: ${strerror('EACCES')})\n`,
      )
    return 100
  }
  if (verb === 'clean') throw new Unsimulated('apt-get', 'clean of a user other than root')
  const lock = '/var/lib/dpkg/lock-frontend'
  return fail(
    process,
    `Could not open lock file ${lock} - open (13: ${strerror('EACCES')})`,
    `Unable to acquire the dpkg frontend lock (${lock}), are you root?`,
  )
}

function clean(process: Process): number {
  const directory = '/var/cache/apt/archives'
  for (const name of process.readdir(directory))
    if (name.endsWith('.deb')) process.unlink(`${directory}/${name}`)
  return 0
}

withCommandLine(aptGet, process => parseOptions(process, SPEC))

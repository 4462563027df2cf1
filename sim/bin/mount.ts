import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { FsContextError } from '../fs/fs-context.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { errnoOf } from './coreutils.ts'
import { type ParsedOptions, program, usageError } from './getopt.ts'
import {
  canonicalPath,
  FSTAB,
  type FsEntry,
  type MountFailure,
  type MountOptions,
  matchesTypes,
  mountFailure,
  readFstab,
  readMountinfo,
  readOptions,
  splitOptions,
} from './libmount.ts'
import { requestModule } from './request-module.ts'
import { printVersion, utilLinuxRelease } from './util-linux.ts'

/** Exit statuses of mount(8). */
const USAGE = 1
const FAILED = 32
const SOME_OK = 64

const PROPAGATION = ['', 'r'].flatMap(recursive =>
  ['shared', 'slave', 'private', 'unbindable'].map(type => `${recursive}${type}`),
)

/** mount(8) of util-linux. */
export const mount = program(
  {
    options: [
      'a,all',
      'n,no-mtab',
      'o,options:',
      'r,read-only',
      'w,rw',
      'read-write',
      't,types:',
      'v,verbose',
      'f,fake',
      'B,bind',
      'R,rbind',
      'M,move',
      'source:',
      'target:',
      'V,version',
      ...PROPAGATION.map(word => `make-${word}`),
    ],
    unsimulated: [
      'c,no-canonicalize',
      'F,fork',
      'T,fstab:',
      'i,internal-only',
      'l,show-labels',
      'm,mkdir::',
      'O,test-opts:',
      'L,label:',
      'U,uuid:',
      'N,namespace:',
      's',
      'target-prefix:',
      'options-mode:',
      'options-source:',
      'options-source-force',
      'onlyonce',
      'exclusive',
    ],
  },
  function* (process, options): Blocking<number> {
    if (options.has('version')) return printVersion(process, 'mount', true)
    if (options.has('all')) return yield* mountAll(process, options)
    const [first, second, ...more] = options.operands
    if (more.length > 0) throw usageError(process, 'bad usage')
    const source = options.value('source')
    const target = options.value('target')
    if ((source ?? target) !== undefined && first !== undefined)
      throw new Unsimulated('mount', 'both --source or --target and operands')
    if (first === undefined && source === undefined && target === undefined) {
      if (wantedOptions(options).length > 0) throw usageError(process, 'bad usage')
      print(process, options.value('types'))
      return 0
    }
    const wish: Wish = {
      options: wantedOptions(options),
      fstype: options.value('types'),
      ...((source ?? (second === undefined ? undefined : first)) === undefined
        ? {}
        : { source: source ?? first }),
      ...((target ?? second) === undefined ? {} : { target: target ?? second }),
      ...(second === undefined && first !== undefined ? { either: first } : {}),
    }
    return yield* mountOne(process, wish, options)
  },
)

/** What one is asked for: a source, a target, or one word that may be either. */
interface Wish {
  readonly source?: string | undefined
  readonly target?: string | undefined
  readonly either?: string
  readonly fstype: string | undefined
  readonly options: readonly string[]
}

/** -o, and the letters that stand for an option. */
function wantedOptions(options: ParsedOptions): readonly string[] {
  const words: Readonly<Record<string, string>> = {
    'read-only': 'ro',
    rw: 'rw',
    'read-write': 'rw',
    bind: 'bind',
    rbind: 'rbind',
    move: 'move',
  }
  return options.all.flatMap(({ name, argument }) =>
    name === 'options'
      ? splitOptions(argument ?? '')
      : (words[name] ?? (name.startsWith('make-') ? name.slice('make-'.length) : [])),
  )
}

/** What is to be mounted. */
interface Wanted extends FsEntry {
  readonly isPattern?: boolean
}

function print(process: Process, types: string | undefined): void {
  for (const fs of readMountinfo(process)) {
    if (types !== undefined && !matchesTypes(fs.fstype, types)) continue
    process.print(`${fs.source} on ${fs.target} type ${fs.fstype} (${fs.options.join(',')})\n`)
  }
}

function* mountOne(process: Process, wish: Wish, options: ParsedOptions): Blocking<number> {
  if (isOnlyPropagation(wish)) return propagate(process, wish)
  const found = wish.source !== undefined && wish.target !== undefined ? undefined : lookUp(process, wish)
  const isRemount = wish.options.includes('remount')
  if (found === undefined && !isRemount && (wish.source === undefined || wish.target === undefined)) {
    const named = wish.either ?? wish.target ?? wish.source ?? ''
    process.complain(`mount: ${named}: can't find in ${FSTAB}.\n`)
    return USAGE
  }
  const entry = {
    source: found?.source ?? wish.source ?? '',
    target: found?.target ?? wish.target ?? wish.either ?? '',
    fstype: wish.fstype ?? found?.fstype ?? '',
    // Of -t alone a list of types, or what begins with `no`, is a pattern.
    isPattern: wish.fstype !== undefined,
    options: [...(found?.options ?? []), ...wish.options],
  }
  return yield* perform(process, entry, options)
}

/** One place and nothing but --make-*: what is mounted there stays as it is. */
const isOnlyPropagation = ({ source, fstype, options }: Wish): boolean =>
  source === undefined &&
  fstype === undefined &&
  options.length > 0 &&
  options.every(option => PROPAGATION.includes(option))

function propagate(process: Process, wish: Wish): number {
  const wanted = readOptions(process, wish.options)
  const target = canonicalPath(process, wish.target ?? wish.either ?? '')
  const errno = errnoOf(() => changePropagation(process, target, wanted))
  if (errno === undefined) return 0
  return fail(process, {
    errno,
    source: undefined,
    target,
    fstype: undefined,
    options: wanted,
    isOfPropagation: true,
  })
}

function changePropagation(process: Process, target: string, { propagation }: MountOptions): void {
  for (const change of propagation) process.system.mounting.setPropagation(process, target, change)
}

function fail(process: Process, failure: MountFailure): number {
  process.complain(`mount: ${failure.target}: ${mountFailure(process, failure)}.\n`)
  if (utilLinuxRelease(process).hasDmesgHint)
    process.complain('       dmesg(1) may have more information after failed mount system call.\n')
  return FAILED
}

/** fstab first; for a remount then what is mounted, the newest first (mnt_context_apply_fstab()). */
function lookUp(process: Process, wish: Wish): FsEntry | undefined {
  const matches = (fs: FsEntry): boolean => {
    if (wish.source !== undefined) return fs.source === wish.source
    const word = wish.target ?? wish.either ?? ''
    return (
      fs.target === word ||
      fs.target === canonicalPath(process, word) ||
      (wish.target === undefined && fs.source === word)
    )
  }
  const listed = readFstab(process)
    .filter(fs => fs.fstype !== 'swap')
    .find(matches)
  if (listed !== undefined || !wish.options.includes('remount')) return listed
  return readMountinfo(process).findLast(matches)
}

/** Mounts what is now fully named, and says what came of it. */
function* perform(process: Process, entry: Wanted, options: ParsedOptions): Blocking<number> {
  const wanted = readOptions(process, entry.options)
  const { source, fstype } = entry
  if (/^(?:LABEL|UUID|PARTLABEL|PARTUUID|ID)=/.test(source) && wanted.action !== 'remount') {
    // No disk's tags are known, so none can be the one that is looked for.
    if (wanted.isNofail) return 0
    process.complain(`mount: ${entry.target}: can't find ${source}.\n`)
    return USAGE
  }
  const target = canonicalPath(process, entry.target)
  if (options.has('fake')) {
    tell(process, options, { wanted, source, target })
    return 0
  }
  const error = yield* call(process, { ...entry, target }, wanted)
  if (error === undefined) {
    tell(process, options, { wanted, source, target })
    return 0
  }
  const { errno } = error
  const log = error instanceof FsContextError ? error.log : undefined
  const isMissingSource = ['ENOENT', 'ENOTBLK', 'ENXIO'].includes(errno) && process.exists(target)
  if (wanted.isNofail && isMissingSource) return 0
  return fail(process, {
    errno,
    log,
    source,
    target,
    fstype: fstype === '' ? undefined : fstype,
    options: wanted,
  })
}

function tell(
  process: Process,
  options: ParsedOptions,
  { wanted, source, target }: { wanted: MountOptions; source: string; target: string },
): void {
  if (!options.has('verbose') || options.has('all')) return
  if (wanted.action === 'move') process.print(`mount: ${source} moved to ${target}.\n`)
  else if (wanted.action === 'bind' || wanted.action === 'rbind' || wanted.isBindToo)
    process.print(`mount: ${source} bound on ${target}.\n`)
  else process.print(`mount: ${source} mounted on ${target}.\n`)
}

function* call(process: Process, entry: Wanted, wanted: MountOptions): Blocking<KernelError | undefined> {
  try {
    if (wanted.action === 'mount') yield* mountNew(process, entry, wanted)
    else change(process, entry, wanted)
    changePropagation(process, entry.target, wanted)
    return undefined
  } catch (error) {
    if (error instanceof KernelError) return error
    throw error
  }
}

function change(process: Process, { source, target }: FsEntry, wanted: MountOptions): void {
  const { mounting } = process.system
  const { flags, data } = wanted
  if (wanted.action === 'remount')
    mounting.remount(process, { target, flags, data }, { isBind: wanted.isBindToo })
  else if (wanted.action === 'move') mounting.move(process, canonicalPath(process, source), target)
  else {
    bind(process, { source: canonicalPath(process, source), target, isRecursive: wanted.action === 'rbind' })
    // mount(2) takes no other flag with MS_BIND: mount(8) remounts then.
    if (wanted.hasFlags) mounting.remount(process, { target, flags, data: [] }, { isBind: true })
  }
}

/** move_mount(2), which is how a tree that was opened is put in its place, calls a file on a directory EINVAL. */
function bind(
  process: Process,
  {
    source,
    target,
    isRecursive,
  }: { readonly source: string; readonly target: string; readonly isRecursive: boolean },
): void {
  const errno = errnoOf(() => process.system.mounting.bind(process, source, target, isRecursive))
  if (errno === undefined) return
  const isOther = errno === 'ENOTDIR' && utilLinuxRelease(process).isUsingFsContext
  throw new KernelError(isOther ? 'EINVAL' : errno)
}

function* mountNew(process: Process, entry: Wanted, wanted: MountOptions): Blocking<void> {
  const { mounting } = process.system
  const { fstype, source, target } = entry
  // What mount(2) looks at first: the place, and who asks.
  process.stat(target)
  // A list of types, or all but some (`noext4`), is tried one by one.
  if (fstype === '' || fstype === 'auto' || (entry.isPattern && /^no|,/.test(fstype)))
    return mountDevice(process, source, undefined)
  if (!mounting.isKnown(fstype) && process.credentials.uid === 0)
    yield* requestModule(process, `fs-${fstype}`)
  const type = process.kernel.modules.filesystems.find(({ name }) => name === fstype)
  if (type !== undefined && !type.nodev) return mountDevice(process, source, fstype)
  mounting.mount(process, { source, target, fstype, flags: wanted.flags, data: wanted.data })
}

/** What is on a disk is not modelled; what is no disk is refused. */
function mountDevice(process: Process, source: string, fstype: string | undefined): never {
  const lost = new FsContextError('ENOENT', `${source}: Can't lookup blockdev`)
  if (!process.exists(source)) throw lost
  const stat = process.stat(source)
  if (stat.type === 'block-device' || (stat.type === 'file' && stat.sizeBytes > 0))
    throw new Unsimulated('mount', `${source}, a ${fstype ?? 'file system on a'} disk`)
  throw new FsContextError('ENOTBLK', lost.log)
}

/** mount -a: what fstab lists and is not mounted yet. */
function* mountAll(process: Process, options: ParsedOptions): Blocking<number> {
  if (options.operands.length > 0) throw usageError(process, 'bad usage')
  const types = options.value('types')
  const isVerbose = options.has('verbose')
  let succeeded = 0
  let failed = 0
  for (const entry of readFstab(process)) {
    const place = entry.target.padEnd(25)
    if (isPassedOver(entry, types)) {
      if (isVerbose) process.print(`${place}: ignored\n`)
    } else if (isMounted(process, entry)) {
      if (isVerbose) process.print(`${place}: already mounted\n`)
    } else {
      const before = process.kernel.mounts.all
      const code = yield* perform(
        process,
        { ...entry, options: [...entry.options, ...wantedOptions(options)] },
        options,
      )
      if (code === 0) succeeded++
      else failed++
      if (code === 0 && isVerbose && process.kernel.mounts.all !== before)
        process.print(`${place}: successfully mounted\n`)
    }
  }
  if (failed === 0) return 0
  return succeeded === 0 ? FAILED : SOME_OK
}

/** mnt_context_next_mount(): swap, the root, what is not for -a, and what -t leaves out. */
const isPassedOver = (entry: FsEntry, types: string | undefined): boolean =>
  entry.fstype === 'swap' ||
  entry.target === '/' ||
  entry.options.includes('noauto') ||
  (types !== undefined && !matchesTypes(entry.fstype, types))

function isMounted(process: Process, entry: FsEntry): boolean {
  const target = canonicalPath(process, entry.target)
  if (!entry.options.includes('bind'))
    return readMountinfo(process).some(fs => fs.target === target && fs.source === entry.source)
  if (!process.exists(entry.source)) return false
  const mounted = process.kernel.mounts.at(target)
  const { mount: from, node } = process.system.fs.mountOf(process, entry.source)
  return mounted?.superblock === from.superblock && mounted.rootNode === node
}

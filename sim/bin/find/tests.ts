import { KernelError } from '../../../src/host/errno.ts'
import { Unsimulated } from '../../../src/host/host.ts'
import type { SimStat } from '../../fs/vfs.ts'
import type { Process } from '../../process.ts'
import { patternRegExp } from '../../shell/pattern.ts'
import { accounts, groups } from '../accounts.ts'
import { parseMode } from '../mode.ts'
import { quote } from '../quote.ts'
import { type Entry, nameOf, type Test } from './entry.ts'
import { FindError, type FindRelease } from './release.ts'

/** What a test is made from: its name with the dash, and its argument. */
export interface TestArgument {
  readonly process: Process
  readonly release: FindRelease
  readonly name: string
  readonly argument: string
}

const DAY = 86_400

/** The tests that take an argument. */
export const TESTS: Readonly<Record<string, (given: TestArgument) => Test>> = {
  '-name': ({ argument }) => byPattern(argument, ({ path }) => nameOf(path)),
  '-iname': ({ argument }) => byPattern(argument, ({ path }) => nameOf(path), true),
  '-path': ({ argument }) => byPattern(argument, ({ path }) => path),
  '-wholename': ({ argument }) => byPattern(argument, ({ path }) => path),
  '-ipath': ({ argument }) => byPattern(argument, ({ path }) => path, true),
  '-type': byType,
  '-perm': byMode,
  '-user': byUser,
  '-group': byGroup,
  '-uid': given => byNumber(given, ({ stat }) => stat.uid),
  '-gid': given => byNumber(given, ({ stat }) => stat.gid),
  '-links': given => byNumber(given, ({ stat }) => stat.nlink),
  '-size': bySize,
  '-mtime': given => byAge(given, DAY),
  '-mmin': byMinutes,
  '-newer': byReference,
}

/** The tests that take none. */
export const PLAIN_TESTS: Readonly<Record<string, Test>> = {
  '-true': () => true,
  '-false': () => false,
  '-empty': ({ path, stat }, { process }) =>
    stat.type === 'directory'
      ? process.readdir(path).length === 0
      : stat.type === 'file' && stat.sizeBytes === 0,
  '-readable': ({ path }, { process }) => process.canAccess(path, 'read'),
  '-writable': ({ path }, { process }) => process.canAccess(path, 'write'),
  '-executable': ({ path }, { process }) => process.canAccess(path, 'execute'),
  '-nouser': ({ stat }, { process }) => !accounts(process).some(({ uid }) => uid === stat.uid),
  '-nogroup': ({ stat }, { process }) => !groups(process).some(({ gid }) => gid === stat.gid),
}

function byPattern(pattern: string, textOf: (entry: Entry) => string, isCaseless = false): Test {
  const regex = patternRegExp(pattern, { isCaseless })
  return entry => regex.test(textOf(entry))
}

const TYPES: Readonly<Record<string, SimStat['type']>> = {
  b: 'block-device',
  c: 'char-device',
  d: 'directory',
  p: 'fifo',
  f: 'file',
  l: 'symlink',
  s: 'socket',
}

function byType({ argument, name }: TestArgument): Test {
  const letters = argument.split(',')
  const types = letters.map(letter => TYPES[letter])
  const wrong = types.indexOf(undefined)
  if (wrong >= 0 || argument === '') {
    if (letters.some(letter => letter.length !== 1))
      throw new FindError(undefined, `${name} ${argument}, more than one letter`)
    throw new FindError(`Unknown argument to ${name}: ${letters[wrong]}`)
  }
  return ({ stat }) => types.includes(stat.type)
}

function byMode({ process, release, argument }: TestArgument): Test {
  const kind = /^[-/]/.test(argument) ? argument.charAt(0) : ''
  const change = parseMode(argument.slice(kind.length))
  if (change === undefined)
    throw new FindError(`invalid ${release.isSayingFileMode ? 'file ' : ''}mode ${quote(process, argument)}`)
  const of = (isDirectory: boolean): number => change(0, { isDirectory, umask: 0 })
  return ({ stat }) => {
    const wanted = of(stat.type === 'directory')
    const mode = stat.mode & 0o7777
    if (kind === '-') return (mode & wanted) === wanted
    return kind === '/' ? wanted === 0 || (mode & wanted) !== 0 : mode === wanted
  }
}

function byUser({ process, release, argument }: TestArgument): Test {
  const uid = accounts(process).find(({ name }) => name === argument)?.uid ?? numeral(argument)
  if (uid === undefined)
    throw new FindError(
      release.isNamingIds
        ? `invalid user name or UID argument to -user: ${quote(process, argument)}`
        : `${quote(process, argument)} is not the name of a known user`,
    )
  return ({ stat }) => stat.uid === uid
}

function byGroup({ process, argument }: TestArgument): Test {
  const gid = groups(process).find(({ name }) => name === argument)?.gid ?? numeral(argument)
  if (gid === undefined) throw new FindError(undefined, `-group ${argument}, a group that is not there`)
  return ({ stat }) => stat.gid === gid
}

const numeral = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined)

/** `+N`, `-N`, `N`. */
function parseCount({ process, name }: TestArgument, text: string): (value: number) => boolean {
  const [, sign, digits] = /^([-+]?)(\d+)$/.exec(text) ?? []
  if (digits === undefined)
    throw new FindError(
      name === '-mtime' || name === '-mmin' ? `invalid argument \`${text}' to \`${name}'` : undefined,
      `${name} ${text} ${quote(process, text)}`,
    )
  const wanted = Number(digits)
  return value => (sign === '+' ? value > wanted : sign === '-' ? value < wanted : value === wanted)
}

function byNumber(given: TestArgument, of: (entry: Entry) => number): Test {
  const holds = parseCount(given, given.argument)
  return entry => holds(of(entry))
}

const UNITS: Readonly<Record<string, number>> = {
  b: 512,
  c: 1,
  w: 2,
  k: 1024,
  M: 1_048_576,
  G: 1_073_741_824,
}

/** Sizes are rounded up to the unit. */
function bySize(given: TestArgument): Test {
  const letter = /[A-Za-z]$/.exec(given.argument)?.[0]
  const unit = UNITS[letter ?? 'b']
  if (unit === undefined) throw new FindError(`invalid -size type \`${letter}'`)
  const holds = parseCount(given, letter === undefined ? given.argument : given.argument.slice(0, -1))
  return ({ stat }) => holds(Math.ceil(stat.sizeBytes / unit))
}

/** Whole days of age. */
function byAge(given: TestArgument, unit: number): Test {
  const holds = parseCount(given, given.argument)
  return ({ stat }, { nowSeconds }) => holds(Math.floor((nowSeconds - stat.mtimeSeconds) / unit))
}

/** Minutes that have begun, but for `+N`, which wants more than so many. */
function byMinutes(given: TestArgument): Test {
  const holds = parseCount(given, given.argument)
  const isMore = given.argument.startsWith('+')
  return ({ stat }, { nowSeconds }) => {
    const minutes = (nowSeconds - stat.mtimeSeconds) / 60
    return holds(isMore ? minutes : Math.ceil(minutes))
  }
}

function byReference({ process, argument }: TestArgument): Test {
  try {
    const reference = process.stat(argument)
    return ({ path, stat }) => {
      // Nanoseconds are not kept, and would decide.
      if (stat.mtimeSeconds === reference.mtimeSeconds && stat.ino !== reference.ino)
        throw new Unsimulated('find', `which of ${path} and ${argument}, of one second, is newer`)
      return stat.mtimeSeconds > reference.mtimeSeconds
    }
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    throw new FindError(quote(process, argument), undefined, error.errno)
  }
}

import { KernelError, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { SimStat } from '../fs/vfs.ts'
import type { Process, Program } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { complain, joinPath } from './coreutils.ts'
import type { Entry, Run } from './find/entry.ts'
import { type FindExpression, holds, parseExpression } from './find/expression.ts'
import { FindError, findRelease } from './find/release.ts'
import { ParsedOptions, withCommandLine } from './getopt.ts'
import { quote } from './quote.ts'

interface Words {
  readonly starts: readonly string[]
  readonly expression: readonly string[]
  /** -H: starting points that are symlinks are followed. */
  readonly isFollowingStarts: boolean
}

/**
 * find(1) of findutils. The entries of a directory come sorted by their bytes: readdir(3) promises no order, and that of
 * a real file system hangs on the seed of its hash or on the order in which files came to be.
 */
export const find: Program = withCommandLine(run, process => {
  const words = split(process)
  parseExpression(words.expression, { process, release: findRelease(process), run: newRun(process) })
  return new ParsedOptions([], words.starts)
})

const newRun = (process: Process): Run => ({
  process,
  nowSeconds: process.clock.realtimeSeconds,
  status: 0,
  isPruning: false,
  isQuitting: false,
  pending: [],
})

function* run(process: Process): Blocking<number> {
  const shared = newRun(process)
  try {
    const words = split(process)
    const expression = parseExpression(words.expression, {
      process,
      release: findRelease(process),
      run: shared,
    })
    for (const start of words.starts) {
      if (shared.isQuitting) break
      yield* visitStart(start, { expression, run: shared, isFollowing: words.isFollowingStarts })
    }
    for (const flush of shared.pending) yield* flush()
    return shared.status
  } catch (error) {
    if (!(error instanceof FindError)) throw error
    return complain(process, error.message, error.errno)
  }
}

/** The starting points end where a word begins with a dash, a parenthesis or an exclamation mark. */
function split(process: Process): Words {
  const words = process.argv.slice(1)
  let isFollowingStarts = false
  while (/^-(?:[HLP]|D|O\d?)$/.test(words[0] ?? '')) {
    const option = words.shift() ?? ''
    if (!/^-[HP]$/.test(option)) throw new Unsimulated('find', `the option ${option}`)
    isFollowingStarts = option === '-H'
  }
  if (words[0] === '--') words.shift()
  const end = words.findIndex(word => /^-./.test(word) || ['(', ')', '!', ','].includes(word))
  const starts = end < 0 ? words : words.slice(0, end)
  return {
    starts: starts.length > 0 ? starts : ['.'],
    expression: end < 0 ? [] : words.slice(end),
    isFollowingStarts,
  }
}

interface Visit {
  readonly expression: FindExpression
  readonly run: Run
}

function* visitStart(
  start: string,
  { expression, run, isFollowing }: Visit & { readonly isFollowing: boolean },
): Blocking<void> {
  const stat = statOf(run, start, isFollowing)
  if (stat !== undefined) yield* visit({ path: start, start, depth: 0, stat }, { expression, run })
}

function* visit(entry: Entry, { expression, run }: Visit): Blocking<void> {
  if (expression.isDepthFirst) yield* descend(entry, { expression, run })
  run.isPruning = false
  if (run.isQuitting) return
  if (entry.depth >= expression.minDepth) yield* holds(expression.test, entry, run)
  if (!expression.isDepthFirst && !run.isPruning && !run.isQuitting)
    yield* descend(entry, { expression, run })
}

function* descend(entry: Entry, { expression, run }: Visit): Blocking<void> {
  const { path, start, depth, stat } = entry
  if (stat.type !== 'directory' || depth >= expression.maxDepth) return
  for (const name of entriesOf(run, path)) {
    if (run.isQuitting) return
    const below = joinPath(path, name)
    const found = statOf(run, below, false)
    if (found === undefined) continue
    const inner = { path: below, start, depth: depth + 1, stat: found }
    if (expression.isOneFileSystem && found.dev !== stat.dev)
      yield* visit(inner, { expression: { ...expression, maxDepth: 0 }, run })
    else yield* visit(inner, { expression, run })
  }
}

function statOf(run: Run, path: string, isFollowing: boolean): SimStat | undefined {
  const { process } = run
  try {
    return isFollowing && process.exists(path) ? process.stat(path) : process.lstat(path)
  } catch (error) {
    return refused(run, path, error)
  }
}

function entriesOf(run: Run, path: string): readonly string[] {
  try {
    return run.process.readdir(path)
  } catch (error) {
    return refused(run, path, error) ?? []
  }
}

function refused(run: Run, path: string, error: unknown): undefined {
  if (!(error instanceof KernelError)) throw error
  const { process } = run
  run.status = 1
  process.complain(`${process.argv[0]}: ${quote(process, path)}: ${strerror(error.errno)}\n`)
  return undefined
}

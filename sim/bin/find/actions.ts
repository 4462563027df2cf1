import { KernelError, strerror } from '../../../src/host/errno.ts'
import { encodeText } from '../../../src/host/surrogate-escape.ts'
import type { Process } from '../../process.ts'
import type { Blocking } from '../../scheduler.ts'
import { complain } from '../coreutils.ts'
import { quote } from '../quote.ts'
import type { Entry, Run, Test } from './entry.ts'

/** How much a command line of `-exec … +` holds. */
const LINE_BYTES = 128 * 1024

/** -print, -print0: the path and what ends it. */
export const print =
  (end: string): Test =>
  (entry, { process }) =>
    printed(process, `${entry.path}${end}`)

/** What is written, and true. */
export function* printed(process: Process, text: string): Blocking<boolean> {
  yield* process.write(1, text)
  return true
}

export const prune: Test = (_, run) => {
  run.isPruning = true
  return true
}

export const quit: Test = (_, run) => {
  run.isQuitting = true
  return true
}

/** -delete: a directory must be empty by then, so what is in it comes first. */
export const remove: Test = ({ path, stat }, run) => {
  if (path === '.') return true
  try {
    if (stat.type === 'directory') run.process.rmdir(path)
    else run.process.unlink(path)
    return true
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    run.status = complain(run.process, `cannot delete ${quote(run.process, path)}`, error.errno)
    return false
  }
}

/** `-exec … ;`: one run for each entry; it holds when the status is 0. */
export const execute =
  (command: readonly string[]): Test =>
  (entry, run) =>
    runs(
      run,
      command.map(word => word.replaceAll('{}', () => entry.path)),
    )

function* runs(run: Run, argv: readonly string[]): Blocking<boolean> {
  return (yield* start(run, argv)) === 0
}

/** `-exec … {} +`: as many paths for each run as go on a command line; it always holds. */
export function executeMany(command: readonly string[], run: Run): Test {
  const paths: string[] = []
  let size = 0
  function* flush(): Blocking<void> {
    if (paths.length === 0) return
    const status = yield* start(run, [...command, ...paths.splice(0)])
    size = 0
    if (status !== 0) run.status = 1
  }
  run.pending.push(flush)
  return function* (entry: Entry): Blocking<boolean> {
    const added = encodeText(entry.path).length + 1
    if (size + added > LINE_BYTES) yield* flush()
    paths.push(entry.path)
    size += added
    return true
  }
}

function* start({ process }: Run, argv: readonly string[]): Blocking<number> {
  const name = argv[0] ?? ''
  try {
    const path = process.which(name)
    if (path === undefined) throw new KernelError('ENOENT')
    return yield* process.spawn(path, argv).wait()
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    process.complain(`${process.argv[0]}: ${quote(process, name)}: ${strerror(error.errno)}\n`)
    return 1
  }
}

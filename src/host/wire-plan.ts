import type { List, Request } from './host.ts'

/** What the far side answers with one frame: one request, or a run of reads or of lists. */
export interface Item {
  /** Where it stands in the batch: `3`, or `3.0` for the first request of a recovery. */
  readonly id: string
  readonly requests: readonly [Request, ...Request[]]
  /** What runs when its request fails in a batch that stops at a failure. */
  readonly recovery: readonly Item[]
}

/** Requests in one run: what fits one process' arguments with room to spare. */
const MAX_REQUESTS = 200
const MAX_PATH_CHARACTERS = 100_000

/** Cuts a batch into what is answered together. Both ends of the wire go by it. */
export function planItems(batch: readonly Request[], isStopping: boolean, prefix = ''): readonly Item[] {
  const items: Item[] = []
  for (let at = 0; at < batch.length; ) {
    const requests = runFrom(batch, at, isStopping)
    const recovery = planItems(requests[0].onFailure ?? [], isStopping, `${prefix}${at}.`)
    items.push({ id: `${prefix}${at}`, requests, recovery })
    at += requests.length
  }
  return items
}

function runFrom(batch: readonly Request[], from: number, isStopping: boolean): Item['requests'] {
  const first = batch[from]
  if (first === undefined) throw new RangeError(`no request ${from}`)
  const run: [Request, ...Request[]] = [first]
  let characters = 0
  for (const next of batch.slice(from + 1, from + MAX_REQUESTS)) {
    if (!isOneRun(first, next, isStopping) || !('path' in next)) break
    characters += next.path.length
    if (characters > MAX_PATH_CHARACTERS || (next.kind === 'list' && isIn(run, next))) break
    run.push(next)
  }
  return run
}

/** Whether two requests can be answered by one process: both look, and neither has something to undo. */
function isOneRun(first: Request, next: Request, isStopping: boolean): boolean {
  if (hasRecovery(first) || hasRecovery(next)) return false
  if (first.kind === 'list' && next.kind === 'list')
    return !isStopping && first.contentOf === next.contentOf && isUnquoted(first) && isUnquoted(next)
  return first.kind === 'read' && next.kind === 'read'
}

const hasRecovery = ({ onFailure = [] }: Request): boolean => onFailure.length > 0

/** `find` names a directory that it cannot open as it was given, unless there is something to quote. */
const isUnquoted = ({ path }: List): boolean => /^[\w./:@+-]+$/.test(path)

/** What is found is told apart by the directory it was found in. */
const isIn = (run: readonly Request[], { path }: List): boolean =>
  run.some(request => 'path' in request && request.path === path)

/** The path of a request; a relative one is meant from `/`, where the far shell stands. */
export const pathOf = (request: { readonly path: string }): string =>
  request.path.startsWith('/') ? request.path : `/${request.path}`

/** Where `find` starts for a list. It would itself make one of several slashes at the end: gnulib's fts_open. */
export const startOf = (list: List): string => `${pathOf(list).replace(/\/+$/, '')}/`

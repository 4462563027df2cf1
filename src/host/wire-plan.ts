import type { Read, Request } from './host.ts'

/** What the far side answers with one frame: one request, or a run of reads. */
export interface Item {
  /** Where it stands in the batch: `3`, or `3.0` for the first request of a recovery. */
  readonly id: string
  readonly requests: readonly [Request, ...Request[]]
  /** What runs when its request fails in a batch that stops at a failure. */
  readonly recovery: readonly Item[]
}

/** Reads in one run: what fits one process' arguments with room to spare. */
const MAX_READS = 200
const MAX_PATH_CHARACTERS = 100_000

/** Cuts a batch into what is answered together. Both ends of the wire go by it. */
export function planItems(batch: readonly Request[], prefix = ''): readonly Item[] {
  const items: Item[] = []
  for (let at = 0; at < batch.length; ) {
    const requests = runFrom(batch, at)
    const recovery = planItems(requests[0].onFailure ?? [], `${prefix}${at}.`)
    items.push({ id: `${prefix}${at}`, requests, recovery })
    at += requests.length
  }
  return items
}

function runFrom(batch: readonly Request[], from: number): Item['requests'] {
  const first = batch[from]
  if (first === undefined) throw new RangeError(`no request ${from}`)
  const run: [Request, ...Request[]] = [first]
  if (!isPlainRead(first)) return run
  let characters = first.path.length
  for (const next of batch.slice(from + 1, from + MAX_READS)) {
    if (!isPlainRead(next)) break
    characters += next.path.length
    if (characters > MAX_PATH_CHARACTERS) break
    run.push(next)
  }
  return run
}

const isPlainRead = (request: Request): request is Read =>
  request.kind === 'read' && (request.onFailure === undefined || request.onFailure.length === 0)

/** The path of a request; a relative one is meant from `/`, where the far shell stands. */
export const pathOf = (request: { readonly path: string }): string =>
  request.path.startsWith('/') ? request.path : `/${request.path}`

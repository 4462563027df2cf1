import type { NodeConfig } from '../config/node-config.ts'
import type { Host, Reply, Request, SendOptions } from '../host/host.ts'
import type { Fact } from './facts/fact.ts'
import { type FactName, type Facts, facts } from './facts/index.ts'

/** How often more may be asked because of what was answered: imports of imports of imports. */
const ROUNDS_LIMIT = 8

/**
 * Asks a host everything at once. One round trip; a further one only when a file that is always read points to others
 * that are not. Rejects with `HostError` when the transport fails.
 */
export async function gather(host: Host, config: NodeConfig, options: SendOptions = {}): Promise<Facts> {
  const names = Object.keys(facts) as FactName[]
  const asked = names.map(name => facts[name].requests(config))
  const replies = await askAlikeTogether(host, asked.flat(), options)
  const values = new Map<FactName, unknown>()
  let at = 0
  for (const [i, name] of names.entries()) {
    const count = asked[i]?.length ?? 0
    values.set(name, facts[name].parse(replies.slice(at, at + count), config))
    at += count
  }
  for (const name of names) {
    const value = await completed(facts[name] as Fact<unknown>, values.get(name), host, options)
    values.set(name, value)
  }
  return Object.fromEntries(values) as Facts
}

/**
 * Replies in the order of the requests, which nothing but looks at the host: so they can be sent in any other. A host
 * behind a shell answers neighbours that are alike with one process, and runs programs side by side.
 */
async function askAlikeTogether(
  host: Host,
  requests: readonly Request[],
  options: SendOptions,
): Promise<readonly Reply[]> {
  const kinds = new Map<string, number[]>()
  for (const [at, request] of requests.entries()) {
    const kind = request.kind === 'list' ? `list ${request.contentOf ?? ''}` : request.kind
    kinds.set(kind, [...(kinds.get(kind) ?? []), at])
  }
  const order = [...kinds.values()].flat()
  const sent = order.flatMap(at => requests[at] ?? [])
  const replies = await host.send(sent, { ...options, anyOrder: true })
  const replyTo = new Map(order.map((at, i) => [at, replies[i]]))
  return requests.flatMap((_, at) => replyTo.get(at) ?? [])
}

async function completed(
  fact: Fact<unknown>,
  first: unknown,
  host: Host,
  options: SendOptions,
): Promise<unknown> {
  let value = first
  for (let round = 0; round < ROUNDS_LIMIT; round++) {
    const requests = fact.more?.(value) ?? []
    if (requests.length === 0) return value
    value = fact.withMore?.(value, await host.send(requests, { ...options, anyOrder: true })) ?? value
  }
  return value
}

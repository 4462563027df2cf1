import type { Host, HostErrorReason, Reply, Request, SendOptions } from './host.ts'
import { HostError, Unsimulated } from './host.ts'

/** One `send`: what was asked and what came of it, as plain data. */
export interface RoundTrip {
  readonly batch: readonly Request[]
  readonly options: Omit<SendOptions, 'signal'>
  /** Where the transport failed: those that had arrived. None where a simulated host was asked for what it does not model. */
  readonly replies: readonly Reply[]
  readonly error?: { readonly reason: HostErrorReason | 'unsimulated'; readonly message: string }
}

/** The same host; each round trip is told to `record` once it is over, before the caller hears of it. */
export function recordHost(host: Host, record: (trip: RoundTrip) => void): Host {
  return {
    name: host.name,
    close: () => host.close(),
    async send(batch, options = {}) {
      const { signal: _, ...asked } = options
      try {
        const replies = await host.send(batch, options)
        record({ batch, options: asked, replies })
        return replies
      } catch (error) {
        if (error instanceof HostError || error instanceof Unsimulated)
          record({ batch, options: asked, ...failureOf(error) })
        throw error
      }
    },
  }
}

function failureOf(error: HostError | Unsimulated): Pick<RoundTrip, 'replies' | 'error'> {
  const { message } = error
  if (error instanceof Unsimulated) return { replies: [], error: { reason: 'unsimulated', message } }
  return { replies: error.replies, error: { reason: error.reason, message } }
}

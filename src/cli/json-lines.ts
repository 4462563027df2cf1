import type { EngineEvent } from '../engine/observer.ts'
import { decodeText } from '../host/surrogate-escape.ts'

/**
 * What `--json` prints: one of these a line, with the field `host` in front. The events of the engine
 * (`EngineEvent`), in the order in which things happen, and for each host a last one with what the command would have
 * ended with for that host alone.
 */
export type JsonEvent = EngineEvent | { readonly event: 'ended'; readonly exitStatus: number }

/** An event as one line. Bytes, of which requests hold some, become text; those that are no UTF-8 surrogate escapes. */
export const jsonLine = (host: string, event: JsonEvent): string =>
  `${JSON.stringify({ host, ...event }, (_, value: unknown) => (value instanceof Uint8Array ? decodeText(value) : value))}\n`

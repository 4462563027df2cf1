import type { EngineEvent } from '../engine/observer.ts'
import { decodeText } from '../host/surrogate-escape.ts'
import type { NotStarted } from './fleet.ts'

/**
 * What `--json` prints: one of these a line, with the field `host` in front. The events of the engine
 * (`EngineEvent`), in the order in which things happen on a host, and for each host a last one: what the command would
 * have ended with for that host alone, or why it was not started.
 */
export type JsonEvent =
  | EngineEvent
  | { readonly event: 'ended'; readonly exitStatus: number }
  | { readonly event: 'not-started'; readonly reason: NotStarted }

/**
 * An event as one line. Bytes, of which requests hold some, become text; those that are no UTF-8 surrogate escapes. What
 * a terminal could obey is escaped as JSON escapes it: nothing is lost.
 */
export const jsonLine = (host: string, event: JsonEvent): string =>
  `${JSON.stringify({ host, ...event }, bytesAsText).replace(OBEYED, escaped)}\n`

const bytesAsText = (_: string, value: unknown) => (value instanceof Uint8Array ? decodeText(value) : value)

/** Beyond the control characters below U+0020, which JSON escapes itself. */
const OBEYED = /[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

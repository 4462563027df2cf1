import * as v from 'valibot'
import { type NodeConfig, nodeConfigSchema, withDefaults } from '../config/node-config.ts'
import { decodeText } from '../host/surrogate-escape.ts'
import { exchangeSchema, type ReportExchange, recordOfExchange } from './report-exchange.ts'

/**
 * One run on one host, as it was: what was asked of the host and what it answered, byte for byte, and what was made of
 * it. It holds whatever was read from the host, and nothing is blacked out: to be looked through before it is passed on.
 */
export interface Report {
  readonly format: 'seatrial-report'
  readonly version: 1
  /** The versions of what ran. */
  readonly versions: { readonly seatrial: string; readonly node: string }
  readonly verb: 'plan' | 'apply' | 'verify'
  /** As it was named: `ssh:root@n1`. */
  readonly host: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly durationMs: number
  /** What the command would have ended with for this host alone. */
  readonly exitStatus: number
  readonly failure: ReportFailure
  /** With every default filled in. */
  readonly config: NodeConfig
  /** What `--json` prints, in order. */
  readonly events: readonly ReportEvent[]
  readonly exchanges: readonly ReportExchange[]
}

export interface ReportFailure {
  /** A reason of the engine's failures, `checks-failed`, `unsimulated`, `host-error` or `bug`. */
  readonly reason: string
  /** For a person; several lines where there are several failures. */
  readonly description: string
}

export interface ReportEvent {
  readonly event: string
  readonly [field: string]: unknown
}

/** A file that is no report; the message says what of it. */
export class ReportError extends Error {
  override readonly name = 'ReportError'
}

const text = v.string()

const schema = v.strictObject({
  format: v.literal('seatrial-report'),
  version: v.literal(1),
  versions: v.strictObject({ seatrial: text, node: text }),
  verb: v.picklist(['plan', 'apply', 'verify']),
  host: text,
  startedAt: v.pipe(text, v.isoTimestamp()),
  durationMs: v.number(),
  exitStatus: v.pipe(v.number(), v.integer()),
  failure: v.strictObject({ reason: text, description: text }),
  config: v.pipe(nodeConfigSchema, v.transform(withDefaults)),
  events: v.array(v.looseObject({ event: text })),
  exchanges: v.array(exchangeSchema),
})

/** A report as the text of a file, with a line for each line of text in it. */
export function writeReport(report: Report): string {
  const { exchanges, ...rest } = report
  const value = { ...rest, exchanges: exchanges.map(recordOfExchange) }
  const readable = (_: string, member: unknown) =>
    member instanceof Uint8Array ? decodeText(member) : member
  return `${JSON.stringify(value, readable, 1)}\n`
}

/** The report of a file's text; throws `ReportError`. */
export function readReport(text: string): Report {
  const value = parsed(text)
  const { format, version } = v.is(v.looseObject({ format: v.string(), version: v.unknown() }), value)
    ? value
    : { format: undefined, version: undefined }
  if (format !== 'seatrial-report')
    throw new ReportError('this is no report: "format" is not "seatrial-report"')
  if (version !== 1)
    throw new ReportError(`the report has version ${String(version)}, and 1 is what can be read`)
  const checked = v.safeParse(schema, value)
  if (checked.success) return checked.output
  const [issue] = checked.issues
  throw new ReportError(`the report is damaged: ${v.getDotPath(issue) ?? 'it'}: ${issue.message}`)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ReportError(
      `this is no report: it is not JSON (${error instanceof Error ? error.message : error})`,
    )
  }
}

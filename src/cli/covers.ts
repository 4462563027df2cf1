import { decodeText } from '../host/surrogate-escape.ts'
import { openHost } from '../hosts.ts'
import type { Finding, Verdict } from '../lab/coverage.ts'
import { EXIT, OperatorError } from './exit-status.ts'
import { interpreterOf, readScript } from './script.ts'
import type { Style, Terminal } from './terminal.ts'
import { visibleData, visibleLine } from './visible.ts'

export interface CoversOptions {
  /** The host by its name. */
  readonly on: string
  readonly json?: boolean
}

/** `seatrial covers SCRIPT --on sim:NAME`: 0 when all of a script is modelled, 70 otherwise. */
export async function coversVerb(path: string, options: CoversOptions, terminal: Terminal): Promise<number> {
  const script = await readScript(path, terminal)
  const dialect = dialectOf(path, script)
  const host = await openHost(options.on)
  try {
    const { coverageOf } = await import('../lab/coverage.ts')
    const findings = coverageOf(host, decodeText(script), dialect)
    if (findings === undefined)
      throw new OperatorError(
        `${host.name} is a real host: only simulated ones have limits to tell of`,
        EXIT.usage,
      )
    if (options.json)
      for (const finding of findings) terminal.print(`${JSON.stringify(visibleData(finding))}\n`)
    else
      terminal.print(
        `${[...rows(findings, terminal.style), summary(path, host.name, findings)].join('\n')}\n`,
      )
    return findings.some(isOpen) ? EXIT.unsimulated : EXIT.ok
  } finally {
    await host.close()
  }
}

function dialectOf(path: string, script: Uint8Array): 'bash' | 'dash' {
  const [program] = interpreterOf(script)
  const name = program.slice(program.lastIndexOf('/') + 1)
  if (name === 'bash') return 'bash'
  if (name === 'sh' || name === 'dash') return 'dash'
  throw new OperatorError(`${path}: a script for ${name} cannot be read; those for bash and sh can`)
}

/** What may end a run with 70. */
const isOpen = ({ verdict }: Finding): boolean => verdict === 'unmodelled' || verdict === 'unknown'

/** One row for all that is modelled on a line, and one for each of the rest. */
function rows(findings: readonly Finding[], style: Style): readonly string[] {
  const width = String(findings.at(-1)?.line ?? 0).length
  const lines = [...new Set(findings.map(({ line }) => line))].sort((a, b) => a - b)
  return lines.flatMap(line => {
    const all = findings.filter(finding => finding.line === line)
    const modelled = [...new Set(all.filter(one => one.verdict === 'modelled').map(one => one.name))]
    const others = [...new Set(all.filter(one => one.verdict !== 'modelled').map(one => told(one)))]
    const row = (mark: Verdict, text: string): string =>
      `${String(line).padStart(width + 2)}  ${marks(style)[mark]}  ${text}`
    return [
      ...(modelled.length === 0 ? [] : [row('modelled', modelled.map(visibleLine).join(', '))]),
      ...others.map(text => row(all.find(one => told(one) === text)?.verdict ?? 'unknown', text)),
    ]
  })
}

const told = ({ name, reason }: Finding): string => `${visibleLine(name)}: ${visibleLine(reason ?? '')}`

/** Four letters, as all marks are. */
const marks = (style: Style): Readonly<Record<Verdict, string>> => ({
  modelled: style.green('yes '),
  refused: style.cyan('fail'),
  absent: style.cyan('127 '),
  unknown: style.yellow('?   '),
  unmodelled: style.red('NO  '),
})

function summary(path: string, host: string, findings: readonly Finding[]): string {
  const count = (verdict: Verdict): number => findings.filter(finding => finding.verdict === verdict).length
  const parts = [
    `${count('modelled')} modelled`,
    ...(count('refused') === 0 ? [] : [`${count('refused')} refused as on a real host`]),
    ...(count('absent') === 0 ? [] : [`${count('absent')} not on PATH`]),
    ...(count('unknown') === 0 ? [] : [`${count('unknown')} only known when run`]),
    `${count('unmodelled')} not modelled`,
  ]
  return `${visibleLine(path)} on ${visibleLine(host)}: ${parts.join(', ')}`
}

import type { EnvironmentStatus } from '../../containers/environments.ts'

/** A size as a person reads it: `312 MB`. */
export function sizeText(bytes: number): string {
  if (bytes === 0) return '0 MB'
  return bytes < 999_500_000 ? `${Math.max(1, Math.round(bytes / 1e6))} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}

/** One line an environment: name, built or not, size, state; what is missing stands below those that it concerns, once. */
export function environmentTable(rows: readonly (EnvironmentStatus & { readonly name: string })[]): string {
  const cells = rows.map(({ name, isBuilt, sizeBytes, state }) => [
    name,
    isBuilt ? 'built' : 'not built',
    sizeBytes === 0 ? '-' : sizeText(sizeBytes),
    state === 'absent' ? '-' : state,
  ])
  const table = [['NAME', 'BUILT', 'SIZE', 'STATE'], ...cells]
  const widths = [0, 1, 2].map(column => Math.max(...table.map(row => row[column]?.length ?? 0)))
  const lines = table.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return [...lines, ...missingLines(rows)].map(line => `${line}\n`).join('')
}

function missingLines(rows: readonly (EnvironmentStatus & { readonly name: string })[]): string[] {
  const kinds = new Map<string, string>()
  for (const { name, missing } of rows)
    if (missing !== undefined) kinds.set(`${name.slice(0, name.indexOf(':'))}: ${missing}`, name)
  return [...kinds.keys()]
}

import type { SystemdRelease } from '../formats/systemd-release.ts'
import type { SystemctlCall } from './systemctl-call.ts'
import { compareUnits, matches } from './systemctl-names.ts'

interface Row {
  readonly unit: string
  readonly load: string
  readonly active: string
  readonly sub: string
  readonly description: string
}

/** `systemctl list-units`: those in memory that are not inactive, or with --all those too. */
export function listUnits({ process, systemd, options, names }: SystemctlCall): number {
  const rows = systemd
    .loadedUnits()
    .map(unit => rowOf(systemd.properties(unit)))
    .filter(row => isWanted(row, options, names))
    .sort((a, b) => compareUnits(a.unit, b.unit))
  const isPlain = options.has('plain')
  const marks = rows.map(row =>
    isPlain ? '' : row.active === 'failed' || row.load === 'not-found' ? '* ' : '  ',
  )
  const width = (heading: string, of: (row: Row) => string): number =>
    Math.max(heading.length, ...rows.map(row => of(row).length))
  const widths = [
    width('UNIT', row => row.unit),
    width('LOAD', row => row.load),
    width('ACTIVE', row => row.active),
    width('SUB', row => row.sub),
  ]
  const line = (cells: readonly string[], last: string): string =>
    `${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' ')} ${last}\n`
  const hasLegend = !options.has('no-legend')
  if (hasLegend && rows.length > 0)
    process.print(`${isPlain ? '' : '  '}${line(['UNIT', 'LOAD', 'ACTIVE', 'SUB'], 'DESCRIPTION')}`)
  for (const [index, row] of rows.entries())
    process.print(`${marks[index]}${line([row.unit, row.load, row.active, row.sub], row.description)}`)
  if (hasLegend)
    process.print(
      legend(systemd.release, rows.length, options.has('all') || names.length > 0 || hasFilter(options)),
    )
  return 0
}

const hasFilter = (options: SystemctlCall['options']): boolean =>
  ['failed', 'state', 'type'].some(name => options.has(name))

function legend({ legendStyle }: SystemdRelease, count: number, isComplete: boolean): string {
  const [first, indent, is] = legendStyle === 'equals' ? ['', '', '='] : ['Legend: ', '        ', '->']
  const meaning =
    count === 0
      ? ''
      : `\n${first}LOAD   ${is} Reflects whether the unit definition was properly loaded.\n` +
        `${indent}ACTIVE ${is} The high-level unit activation state, i.e. generalization of SUB.\n` +
        `${indent}SUB    ${is} The low-level unit activation state, values depend on unit type.\n${legendStyle === 'arrows' ? '\n' : ''}`
  const counted = `${meaning}${count} loaded units listed.`
  if (isComplete) return `${counted}\n`
  return `${counted} Pass --all to see loaded but inactive units, too.\nTo show all installed unit files use 'systemctl list-unit-files'.\n`
}

const rowOf = (properties: Readonly<Record<string, string>>): Row => ({
  unit: properties.Id ?? '',
  load: properties.LoadState ?? '',
  active: properties.ActiveState ?? '',
  sub: properties.SubState ?? '',
  description: properties.Description ?? '',
})

function isWanted(row: Row, options: SystemctlCall['options'], names: readonly string[]): boolean {
  const types = options.values('type').flatMap(list => list.split(','))
  const states = [
    ...options.values('state').flatMap(list => list.split(',')),
    ...(options.has('failed') ? ['failed'] : []),
  ]
  const isNamed = names.length === 0 || names.some(name => matches(name, row.unit))
  const isOfType =
    types.length === 0 || types.some(type => row.unit.endsWith(`.${type}`) || row.load === type)
  if (!isNamed || !isOfType) return false
  if (states.length > 0) return [row.load, row.active, row.sub].some(state => states.includes(state))
  return names.length > 0 || options.has('all') || row.active !== 'inactive'
}

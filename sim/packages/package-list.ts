import type { Database, Status } from './database.ts'
import { Package } from './database.ts'
import { parseRelations } from './relation.ts'

const RELATIONS = [
  'Depends',
  'Pre-Depends',
  'Recommends',
  'Suggests',
  'Breaks',
  'Conflicts',
  'Replaces',
  'Enhances',
]

/** Packages and the names that their relations mention: dpkg makes an entry for each. Sorted by name. */
export function knownPackages(database: Database): readonly Package[] {
  const all = new Map(database.all.map(item => [item.name, item]))
  for (const item of database.all)
    for (const { name } of RELATIONS.flatMap(field => parseRelations(item.field(field)).flat()))
      if (!all.has(name)) all.set(name, new Package(new Map([['Package', name]])))
  return [...all.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

const WANT: Readonly<Record<Status['want'], string>> = {
  unknown: 'u',
  install: 'i',
  hold: 'h',
  deinstall: 'r',
  purge: 'p',
}

const STATE: Readonly<Record<Status['state'], string>> = {
  'not-installed': 'n',
  'config-files': 'c',
  'half-installed': 'H',
  unpacked: 'U',
  'half-configured': 'F',
  'triggers-awaited': 'W',
  'triggers-pending': 't',
  installed: 'i',
}

/** The first three columns of `dpkg -l`. */
export function abbreviation(item: Package): string {
  const { want, flag, state } = item.status
  return `${WANT[want]}${STATE[state]}${flag === 'ok' ? ' ' : 'R'}`
}

/** The first line of the description. */
export const synopsis = (item: Package): string =>
  item.fields.has('Description')
    ? (item.field('Description').split('\n')[0] ?? '')
    : '(no description available)'

/** Width of a terminal that nobody told of: COLUMNS is not set. */
const TERMINAL_WIDTH = 80
/** The three letters and the spaces between the columns. */
const SEPARATORS = 7

interface Widths {
  readonly name: number
  readonly version: number
  readonly architecture: number
  readonly description: number
}

/** The table of `dpkg -l`, with its header: list_format_init() and list_format_print() of dpkg's src/query/main.c. */
export function packageTable(
  packages: readonly Package[],
  options: { readonly all: readonly Package[]; readonly isWide: boolean },
): string {
  const widths = options.isWide ? paddedWidths(options.all) : plainWidths(options.all)
  const rows = packages.map(item => row(abbreviation(item), cells(item), widths))
  return [...header(widths, options.isWide), ...rows].map(line => `${line}\n`).join('')
}

const cells = (item: Package): readonly [string, string, string, string] => [
  item.displayName,
  item.version || '<none>',
  item.architecture || '<none>',
  synopsis(item),
]

function row(
  marks: string,
  [name, version, architecture, description]: readonly [string, string, string, string],
  widths: Widths,
): string {
  const columns = [
    name.padEnd(widths.name),
    version.padEnd(widths.version),
    architecture.padEnd(widths.architecture),
  ]
  return `${marks} ${columns.join(' ')} ${description.slice(0, widths.description)}`
}

function header(widths: Widths, isWide: boolean): readonly string[] {
  const titles = ['Name', 'Version', 'Architecture', 'Description'] as const
  const rule = Object.values(widths)
    .map(width => '='.repeat(width))
    .join('-')
  const legend = isWide
    ? [
        '+-- Desired=Unknown/Install/Remove/Purge/Hold',
        '|+- Status=Inst/Not-inst/Confs/Unpack/halF-conf/Half-inst/trig-aWait/Trig-pend',
        '||+ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)',
      ]
    : [
        'Desired=Unknown/Install/Remove/Purge/Hold',
        '| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend',
        '|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)',
      ]
  return [...legend, row(isWide ? '|||' : '||/', titles, widths), `+++-${rule}`]
}

const widest = (all: readonly Package[], at: 0 | 1 | 2 | 3, least: number): number =>
  Math.max(least, ...all.map(item => cells(item)[at].length))

/** Up to dpkg 1.22: what 80 columns leave is the least, and nothing is cut where the output is no terminal. */
const plainWidths = (all: readonly Package[]): Widths => ({
  name: widest(all, 0, 14),
  version: widest(all, 1, 12),
  architecture: widest(all, 2, 12),
  description: widest(all, 3, 33),
})

function paddedWidths(all: readonly Package[]): Widths {
  let name = widest(all, 0, 'Name'.length)
  let version = widest(all, 1, 'Version'.length)
  let architecture = widest(all, 2, 'Architecture'.length)
  let description = widest(all, 3, 'Description'.length)
  const room = TERMINAL_WIDTH - SEPARATORS
  const total = (): number => name + version + architecture + description
  const pad = [2, 1].find(width => total() < room - width * 3) ?? 0
  name += pad
  version += pad
  architecture += pad
  if (total() < room) description += room - total()
  return { name, version, architecture, description }
}

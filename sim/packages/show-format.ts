import type { Database, Package } from './database.ts'
import { abbreviation, synopsis } from './package-list.ts'

/** The format of `dpkg-query -W` without `-f`. */
export const DEFAULT_FORMAT = ['$', '{binary:Package}\\t$', '{Version}\\n'].join('')

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\' }

/** One package in a format of dpkg-query(1): `${field;width}` and backslash escapes. */
export function showPackage(item: Package, format: string, database: Database): string {
  return format.replace(
    /\\([ntr\\])|\\(.)|\$\{([^};]*)(?:;(-?\d+))?\}/gs,
    (_, letter, other, name, width) => {
      if (letter !== undefined) return ESCAPED[letter] ?? ''
      if (other !== undefined) return other
      const value = fieldOf(item, name, database)
      if (width === undefined) return value
      const columns = Math.abs(Number(width))
      const cut = value.slice(0, columns)
      return width.startsWith('-') ? cut.padEnd(columns) : cut.padStart(columns)
    },
  )
}

function fieldOf(item: Package, name: string, database: Database): string {
  const virtual = VIRTUAL[name]
  return virtual === undefined ? item.field(name) : virtual(item, database)
}

const source = (item: Package): readonly [string, string] => {
  const [, name = item.name, version = item.version] =
    /^(\S+)(?: \((.*)\))?$/.exec(item.field('Source')) ?? []
  return [name, version]
}

const VIRTUAL: Readonly<Record<string, (item: Package, database: Database) => string>> = {
  'binary:Package': item => item.displayName,
  'binary:Synopsis': synopsis,
  'binary:Summary': synopsis,
  'db:Status-Abbrev': abbreviation,
  'db:Status-Want': item => item.status.want,
  'db:Status-Eflag': item => item.status.flag,
  'db:Status-Status': item => item.status.state,
  'db-fsys:Files': (item, database) =>
    database
      .files(item)
      .map(path => ` ${path}\n`)
      .join(''),
  'source:Package': item => source(item)[0],
  'source:Version': item => source(item)[1],
  'source:Upstream-Version': item =>
    source(item)[1]
      .replace(/^\d+:/, '')
      .replace(/-[^-]*$/, ''),
}

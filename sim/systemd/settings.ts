import { strerror } from '../../src/host/errno.ts'
import type { SystemdRelease, SystemdWords } from '../formats/systemd-release.ts'
import {
  type Assignment,
  parseBoolean,
  parseTimeSpanNs,
  parseUnitFile,
  splitWords,
  UnbalancedQuote,
  type UnitFile,
} from '../formats/unit-file.ts'
import { isKnownDirective, isKnownSection } from './directives.ts'

/** A line of a unit file, with where it stands. */
export interface Line extends Assignment {
  readonly path: string
}

/** What PID 1 has to say of a line. */
export interface Complaint {
  readonly path: string
  readonly line: number
  readonly message: string
}

export type Complain = (complaint: Complaint) => void

/** Parsed texts: unit files are few and read often, by every machine of an image. */
const parses = new Map<string, UnitFile>()

function parsed(text: string): UnitFile {
  const known = parses.get(text)
  if (known !== undefined) return known
  const file = parseUnitFile(text)
  parses.set(text, file)
  return file
}

/** The lines of one file that a unit of this id has use for; the others are complained of. */
export function linesOf(
  unit: { readonly id: string; readonly release: SystemdRelease },
  file: { path: string; text: string },
  complain: Complain,
): readonly Line[] {
  const { path } = file
  const { id, release } = unit
  const { assignments, warnings } = parsed(file.text)
  const own = ownSection(id)
  const lines: Line[] = []
  const unknownSections = new Set<number>()
  for (const warning of warnings) complain({ path, ...warning })
  for (const assignment of assignments) {
    const { section, sectionLine, key, line } = assignment
    if (section.startsWith('X-') || key.startsWith('X-')) continue
    if (!isKnownSection(section, own)) {
      if (!unknownSections.has(sectionLine))
        complain({ path, line: sectionLine, message: `Unknown section '${section}'. Ignoring.` })
      unknownSections.add(sectionLine)
    } else if (isKnownDirective(section, key, release.version)) lines.push({ ...assignment, path })
    else complain({ path, line, message: release.words.unknownKey.replace('%k', key).replace('%s', section) })
  }
  return lines
}

/** What reading a file for its [Install] section alone has to say: the other sections are passed over. */
export function sectionComplaints(
  unit: { readonly id: string; readonly release: SystemdRelease },
  file: { path: string; text: string },
): readonly Complaint[] {
  const complaints: Complaint[] = []
  linesOf(unit, file, complaint => complaints.push(complaint))
  return complaints
    .filter(({ message }) => /^(?:Assignment outside of section|Unknown section)/.test(message))
    .sort((a, b) => a.line - b.line)
}

function ownSection(id: string): string {
  const type = id.slice(id.lastIndexOf('.') + 1)
  return `${type.charAt(0).toUpperCase()}${type.slice(1)}`
}

/** What specifiers tell of the host. */
export interface HostSpecifiers {
  readonly release: string
  readonly nodename: string
  readonly architecture: string
}

/** Assignments by key, with the rule that an empty one forgets what came before; values that do not parse are told. */
export class Settings {
  readonly #lines = new Map<string, Line[]>()
  readonly #id: string
  readonly #complain: Complain
  readonly #host: HostSpecifiers
  readonly #words: SystemdWords
  /** Specifiers that stayed as they are: what they stand for is not modelled. */
  readonly unknownSpecifiers = new Set<string>()

  constructor(
    unit: { readonly id: string; readonly host: HostSpecifiers; readonly words: SystemdWords },
    lines: readonly Line[],
    complain: Complain,
  ) {
    this.#id = unit.id
    this.#host = unit.host
    this.#words = unit.words
    this.#complain = complain
    for (const line of lines) {
      const name = `${line.section}.${line.key}`
      if (line.value === '') this.#lines.set(name, [])
      else this.#lines.set(name, [...(this.#lines.get(name) ?? []), line])
    }
  }

  lines(section: string, key: string): readonly Line[] {
    return this.#lines.get(`${section}.${key}`) ?? []
  }

  all(section: string, key: string): readonly string[] {
    return this.lines(section, key).map(line => this.expand(line.value))
  }

  last(section: string, key: string): string | undefined {
    return this.all(section, key).at(-1)
  }

  /** Words of all assignments, each once. */
  words(section: string, key: string): readonly string[] {
    return [...new Set(this.lines(section, key).flatMap(line => this.split(line)))]
  }

  split(line: Line): readonly string[] {
    try {
      return splitWords(line.value).map(word => this.expand(word))
    } catch (error) {
      if (!(error instanceof UnbalancedQuote)) throw error
      this.complain(line, `Unbalanced quoting, ignoring: "${line.value}"`)
      return []
    }
  }

  /** The last value that `parse` understands; each that it does not is complained of. */
  parse<T>(
    section: string,
    key: string,
    what: string,
    parse: (text: string) => T | undefined,
  ): T | undefined {
    let found: T | undefined
    for (const line of this.lines(section, key)) {
      const value = parse(this.expand(line.value))
      if (value === undefined) this.complain(line, this.#unparsed(what, line))
      else found = value
    }
    return found
  }

  #unparsed(what: string, { key, value }: Line): string {
    return this.#words.unparsed
      .replace('%w', what)
      .replace('%k', key)
      .replace('%v', () => value)
      .replace('%m', strerror('EINVAL'))
  }

  boolean(section: string, key: string, fallback: boolean): boolean {
    return this.parse(section, key, 'boolean value', parseBoolean) ?? fallback
  }

  spanNs(section: string, key: string): number | undefined {
    return this.parse(section, key, 'sec value', parseTimeSpanNs)
  }

  complain({ path, line }: Line, message: string): void {
    this.#complain({ path, line, message })
  }

  /** Specifiers of systemd.unit(5) that a file about one host uses. */
  expand(text: string): string {
    if (!text.includes('%')) return text
    const id = this.#id
    const stem = id.slice(0, id.lastIndexOf('.'))
    const at = stem.indexOf('@')
    const prefix = at < 0 ? stem : stem.slice(0, at)
    const instance = at < 0 ? '' : stem.slice(at + 1)
    const values: Readonly<Record<string, string>> = {
      '%': '%',
      n: id,
      N: stem,
      p: prefix,
      P: unescapeName(prefix),
      i: instance,
      I: unescapeName(instance),
      j: prefix.slice(prefix.lastIndexOf('-') + 1),
      f: `/${unescapeName(instance === '' ? prefix : instance).replace(/^\//, '')}`,
      t: '/run',
      S: '/var/lib',
      C: '/var/cache',
      L: '/var/log',
      E: '/etc',
      T: '/tmp',
      V: '/var/tmp',
      u: 'root',
      U: '0',
      g: 'root',
      G: '0',
      h: '/root',
      v: this.#host.release,
      H: this.#host.nodename,
      l: this.#host.nodename.replace(/\..*/s, ''),
      a: this.#host.architecture,
    }
    return text.replace(/%(.)/g, (whole, letter: string) => {
      const value = values[letter]
      if (value === undefined && /[a-zA-Z]/.test(letter)) this.unknownSpecifiers.add(whole)
      return value ?? whole
    })
  }
}

/** unit_name_path_unescape(): the path that a unit is named after. */
export const unescapePath = (stem: string): string => (stem === '-' ? '/' : `/${unescapeName(stem)}`)

/** unit_name_unescape(): dashes are slashes, `\x2d` is a dash. */
const unescapeName = (text: string): string =>
  text
    .replaceAll('-', '/')
    .replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

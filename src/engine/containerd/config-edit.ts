import type { TomlTable, TomlValue } from 'smol-toml'
import { parse, TomlError } from 'smol-toml'
import { isTable, tomlErrorMessage } from '../../config/toml-reading.ts'
import { positionAt, tomlEntries } from '../../config/toml-source.ts'
import type { Failure } from '../failure.ts'
import { removeTomlElements, setTomlValue } from '../toml-edit.ts'
import { type ContainerdRelease, CRI_PLUGINS, containerdLayout, supportedVersions } from './layout.ts'

/** What a node needs of containerd's configuration. */
export interface ContainerdWish {
  readonly systemdCgroup: boolean
  /** Undefined: whatever is there. */
  readonly sandboxImage: string | undefined
}

/** A configuration file with the release that is to read it. */
export interface ContainerdSource {
  readonly path: string
  readonly text: string
  readonly release: ContainerdRelease
}

/** One setting: where it is, and what it is to be. */
export interface WantedSetting {
  readonly path: readonly string[]
  readonly value: string | boolean
}

/**
 * The settings in a file of this version.
 *
 * The runtime's type is written together with its options: with a table of options alone containerd 1.6 and 1.7 show
 * the options and an empty `runtime_type`, with which no pod starts.
 */
export function wantedSettings(version: number, wish: ContainerdWish): readonly WantedSetting[] {
  const layout = containerdLayout(version)
  if (layout === undefined) return []
  return [
    ...(wish.sandboxImage === undefined ? [] : [{ path: layout.sandboxImage, value: wish.sandboxImage }]),
    { path: [...layout.runc, 'runtime_type'], value: 'io.containerd.runc.v2' },
    { path: [...layout.runc, 'options', 'SystemdCgroup'], value: wish.systemdCgroup },
  ]
}

export type ContainerdEdit =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly failure: Failure }

/** The file with everything that a node needs, and nothing else changed. */
export function editContainerdConfig(source: ContainerdSource, wish: ContainerdWish): ContainerdEdit {
  const parsed = parsedToml(source.path, source.text)
  if (!parsed.ok) return parsed
  const text = removeTomlElements(withVersion(source.text, parsed.table), ['disabled_plugins'], name =>
    CRI_PLUGINS.has(name),
  )
  const table = parse(text)
  const version = fileVersion(table)
  const supported = supportedVersions(source.release)
  if (!supported.includes(version)) {
    return {
      ok: false,
      failure: {
        reason: 'containerd-config-version',
        file: source.path,
        line: lineOf(source.text, ['version']),
        version,
        release: source.release.text,
        supported,
      },
    }
  }
  return { ok: true, text: withSettings(text, table, wantedSettings(version, wish)) }
}

/** The table of a TOML text, or where it stops being one. */
export function parsedToml(
  file: string,
  text: string,
): { readonly ok: true; readonly table: TomlTable } | { readonly ok: false; readonly failure: Failure } {
  try {
    return { ok: true, table: parse(text) }
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const { line, column } = error
    return {
      ok: false,
      failure: { reason: 'config-unreadable', file, line, column, message: tomlErrorMessage(error) },
    }
  }
}

/** A file without a version is of version 1 (Config.GetVersion). */
export const fileVersion = (table: TomlTable): number =>
  typeof table.version === 'number' && table.version > 0 ? table.version : 1

/** The value at a path of a table. */
export function valueAt(table: TomlTable, path: readonly string[]): TomlValue | undefined {
  let value: TomlValue | undefined = table
  for (const name of path) {
    if (!isTable(value)) return undefined
    value = value[name]
  }
  return value
}

/** The line on which a key stands, or the first one. */
export function lineOf(text: string, path: readonly string[]): number {
  const entry = tomlEntries(text).find(({ path: keys }) => keys.join('\0') === path.join('\0'))
  return positionAt(text, entry?.start ?? 0).line
}

/**
 * A file without a version that configures no plugin, like the one that Docker's packages ship, becomes one of
 * version 2: every containerd reads that. Where plugins are named, short names would not survive the change.
 */
function withVersion(text: string, table: TomlTable): string {
  const named = [table.disabled_plugins, table.required_plugins].flat().filter(name => name !== undefined)
  const isPlain = table.plugins === undefined && named.every(name => CRI_PLUGINS.has(name) || isFullId(name))
  return table.version === undefined && isPlain ? setTomlValue(text, ['version'], '2') : text
}

const isFullId = (name: TomlValue): boolean => typeof name === 'string' && name.startsWith('io.containerd.')

const withSettings = (text: string, table: TomlTable, settings: readonly WantedSetting[]): string =>
  settings
    .filter(({ path, value }) => valueAt(table, path) !== value)
    .reduce((edited, { path, value }) => setTomlValue(edited, path, JSON.stringify(value)), text)

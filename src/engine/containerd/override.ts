import type { TomlTable, TomlValue } from 'smol-toml'
import type { Failure } from '../failure.ts'
import {
  type ContainerdWish,
  fileVersion,
  lineOf,
  parsedToml,
  valueAt,
  type WantedSetting,
  wantedSettings,
} from './config-edit.ts'
import type { ImportedFile } from './imports.ts'
import { type ContainerdRelease, CRI_PLUGINS } from './layout.ts'

/** The configuration file as it is going to be, and what is merged over it. */
export interface MergedConfig {
  readonly text: string
  readonly path: string
  readonly release: ContainerdRelease
  readonly imports: readonly ImportedFile[]
}

/**
 * The settings that an imported file takes away from us, found before anything is written.
 *
 * Up to 1.7 a plugin's table in an import replaces the whole table of that plugin, so that even one that does not name
 * our key undoes it; since 2.0 tables are merged key by key. `disabled_plugins` are added up by all of them
 * (mergeConfig in services/server/config and cmd/containerd/server/config).
 */
export function overridingImports(config: MergedConfig, wish: ContainerdWish): readonly Failure[] {
  const main = parsedToml(config.path, config.text)
  if (!main.ok) return [main.failure]
  const read = config.imports.map(readImport)
  const unreadable = read.flatMap(file => ('failure' in file ? [file.failure] : []))
  const files = read.flatMap(file => ('table' in file ? [file] : []))
  const settings = wantedSettings(fileVersion(main.table), wish)
  return [
    ...unreadable,
    ...files.flatMap(disabledCri),
    ...settings.flatMap(setting => overridden(setting, files, config.release)),
  ]
}

interface ReadImport {
  readonly file: string
  readonly text: string
  readonly table: TomlTable
}

function readImport({ path: file, state }: ImportedFile): ReadImport | { readonly failure: Failure } {
  if (!state.isThere) return { failure: { reason: 'file-unreadable', file, errno: state.errno } }
  const parsed = parsedToml(file, state.text)
  return parsed.ok ? { file, text: state.text, table: parsed.table } : { failure: parsed.failure }
}

function disabledCri({ file, text, table }: ReadImport): readonly Failure[] {
  const names = Array.isArray(table.disabled_plugins) ? table.disabled_plugins : []
  return names
    .filter(name => CRI_PLUGINS.has(name))
    .map(name => ({
      reason: 'containerd-import-overrides',
      file,
      line: lineOf(text, ['disabled_plugins']),
      key: 'disabled_plugins',
      wanted: 'without the CRI plugin',
      found: `with ${JSON.stringify(name)}`,
    }))
}

/** The last file that says anything about a setting decides. */
function overridden(
  { path, value }: WantedSetting,
  files: readonly ReadImport[],
  release: ContainerdRelease,
): readonly Failure[] {
  const verdicts = files.map(file => ({ ...file, verdict: verdictOf(file.table, { path, value }, release) }))
  const last = verdicts.findLast(({ verdict }) => verdict !== 'silent')
  if (last === undefined || typeof last.verdict !== 'object') return []
  const { at, found } = last.verdict
  return [
    {
      reason: 'containerd-import-overrides',
      file: last.file,
      line: lineOf(last.text, at),
      key: path.join('.'),
      wanted: JSON.stringify(value),
      found: found === undefined ? 'unset' : JSON.stringify(found),
    },
  ]
}

type Verdict = 'silent' | 'agrees' | { readonly at: readonly string[]; readonly found: TomlValue | undefined }

function verdictOf(table: TomlTable, { path, value }: WantedSetting, release: ContainerdRelease): Verdict {
  const found = valueAt(table, path)
  if (found === value) return 'agrees'
  if (found !== undefined) return { at: path, found }
  const plugin = path.slice(0, 2)
  if (release.major >= 2 || valueAt(table, plugin) === undefined) return 'silent'
  return isDefault(table, { path, value }) ? 'agrees' : { at: plugin, found }
}

/** What the plugin takes when its table has no such key, and the runtime's own table is not there either. */
const isDefault = (table: TomlTable, { path, value }: WantedSetting): boolean =>
  value === false || (path.at(-1) === 'runtime_type' && valueAt(table, path.slice(0, -1)) === undefined)

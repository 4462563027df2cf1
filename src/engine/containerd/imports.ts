import { parse, type TomlTable } from 'smol-toml'
import { positionAt, tomlEntries } from '../../config/toml-source.ts'
import type { Entry, Request } from '../../host/host.ts'
import type { FileState } from '../facts/replies.ts'

/** A file that another one imports. */
export interface ImportedFile {
  readonly path: string
  readonly state: FileState
  readonly importedBy: string
  readonly line: number
}

/** What is known of files and directories so far. */
export interface KnownFiles {
  readonly files: ReadonlyMap<string, FileState>
  readonly directories: ReadonlyMap<string, readonly Entry[]>
}

export interface Imports {
  /** In the order in which containerd merges them. */
  readonly files: readonly ImportedFile[]
  /** What must be read before more can be said. */
  readonly missing: readonly Request[]
}

/** A TOML table, or undefined when the text is not TOML. */
export function tomlTable(text: string): TomlTable | undefined {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

/**
 * The files that containerd merges over its configuration, breadth first, each once (LoadConfig and resolveImports in
 * its config package). Patterns count in the last part of a path, as they are used.
 */
export function resolveImports(configPath: string, known: KnownFiles): Imports {
  const files: ImportedFile[] = []
  const missing: Request[] = []
  const seen = new Set([configPath])
  const pending = importsOf(configPath, known)
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const { by: importedBy, line } = next
    const found = expand(next.path, known)
    if ('missing' in found) missing.push(found.missing)
    else {
      for (const path of found.paths) {
        if (seen.has(path)) continue
        seen.add(path)
        const state = known.files.get(path)
        if (state === undefined) missing.push({ kind: 'read', path })
        else files.push({ path, state, importedBy, line })
        pending.push(...importsOf(path, known))
      }
    }
  }
  return { files, missing }
}

interface PendingImport {
  readonly path: string
  readonly by: string
  readonly line: number
}

function importsOf(file: string, known: KnownFiles): PendingImport[] {
  const state = known.files.get(file)
  if (state?.isThere !== true) return []
  const imports = tomlTable(state.text)?.imports
  if (!Array.isArray(imports)) return []
  const entry = tomlEntries(state.text).find(({ path }) => path.length === 1 && path[0] === 'imports')
  const line = positionAt(state.text, entry?.start ?? 0).line
  return imports.map(String).map(path => ({ path: absolute(path, file), by: file, line }))
}

function absolute(path: string, importer: string): string {
  const joined = path.startsWith('/') ? path : `${directoryOf(importer)}/${path}`
  const parts: string[] = []
  for (const part of joined.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** The directory that a file is in. */
export const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'

function expand(path: string, known: KnownFiles): { paths: readonly string[] } | { missing: Request } {
  if (!path.includes('*')) return { paths: [path] }
  const directory = directoryOf(path)
  const entries = known.directories.get(directory)
  if (entries === undefined) return { missing: { kind: 'list', path: directory, contentOf: '' } }
  const pattern = path.slice(path.lastIndexOf('/') + 1).replace(/[.+^${}()|[\]\\]/g, '\\$&')
  const regExp = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`)
  return {
    paths: entries.filter(entry => regExp.test(entry.name)).map(entry => `${directory}/${entry.name}`),
  }
}

import type { Reply, Request } from '../../host/host.ts'
import { decodeText } from '../../host/surrogate-escape.ts'
import type { Fact } from './fact.ts'
import { moduleName } from './kernel-modules.ts'
import { contentLines, type DirectoryState, directoryState, type FileState, fileState } from './replies.ts'

/** What is loaded at boot: modules-load.d(5), and what modprobe.d(5) forbids. */
export interface ModulesLoad {
  /** The file that is ours to keep. */
  readonly ours: FileState
  readonly directoryExists: boolean
  /** Modules listed in any file that is not masked, ours included. */
  readonly listed: readonly ListedModule[]
  readonly blacklisted: readonly ListedModule[]
}

export interface ListedModule {
  readonly module: string
  readonly file: string
  readonly line: number
}

export const MODULES_LOAD_FILE = '/etc/modules-load.d/k8s.conf'

const LOAD_DIRECTORIES = ['/etc', '/run', '/usr/local/lib', '/usr/lib'].map(root => `${root}/modules-load.d`)
const MODPROBE_DIRECTORIES = ['/etc', '/run', '/usr/local/lib', '/usr/lib'].map(root => `${root}/modprobe.d`)

const list = (path: string): Request => ({ kind: 'list', path, contentOf: '.conf' })

export const modulesLoad: Fact<ModulesLoad> = {
  name: 'modules-load',
  requests: () => [
    { kind: 'read', path: MODULES_LOAD_FILE },
    ...LOAD_DIRECTORIES.map(list),
    ...MODPROBE_DIRECTORIES.map(list),
  ],
  parse: ([ours, ...lists]) => {
    const load = directories(LOAD_DIRECTORIES, lists)
    const modprobe = directories(MODPROBE_DIRECTORIES, lists.slice(LOAD_DIRECTORIES.length))
    return {
      ours: fileState(ours),
      directoryExists: load[0]?.errno === undefined,
      listed: configurationFiles(load).flatMap(listedModules),
      blacklisted: configurationFiles(modprobe).flatMap(blacklistedModules),
    }
  },
}

const directories = (paths: readonly string[], replies: readonly Reply[]): DirectoryState[] =>
  paths.map((path, i) => directoryState(path, replies[i]))

/** A configuration file of one of the directories that systemd and procps look into. */
export interface ConfigurationFile {
  readonly path: string
  readonly text: string
}

/**
 * The files that count, in the order in which they are read: by base name over all directories, and of equal base
 * names only the one in the directory that comes first (systemd's conf_files_list, procps' PreloadSystem).
 */
export function configurationFiles(states: readonly DirectoryState[]): readonly ConfigurationFile[] {
  const byName = new Map<string, ConfigurationFile>()
  for (const { path, entries } of states) {
    for (const { name, content } of entries) {
      if (!name.endsWith('.conf') || byName.has(name)) continue
      byName.set(name, {
        path: `${path}/${name}`,
        text: typeof content === 'object' ? decodeText(content) : '',
      })
    }
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file)
}

/** One module a line. */
const listedModules = ({ path, text }: ConfigurationFile): ListedModule[] =>
  contentLines(text).map(line => ({ module: moduleName(line.text), file: path, line: line.number }))

function blacklistedModules({ path, text }: ConfigurationFile): ListedModule[] {
  return contentLines(text).flatMap(line => {
    const [command, module] = line.text.split(/\s+/)
    if (command !== 'blacklist' || module === undefined) return []
    return [{ module: moduleName(module), file: path, line: line.number }]
  })
}

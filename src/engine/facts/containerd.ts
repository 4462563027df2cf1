import type { Reply, Request } from '../../host/host.ts'
import { directoryOf, type ImportedFile, type KnownFiles, resolveImports } from '../containerd/imports.ts'
import type { ContainerdRelease } from '../containerd/layout.ts'
import type { Fact } from './fact.ts'
import {
  type DirectoryState,
  directoryState,
  type FileState,
  fileState,
  presentFile,
  run,
  type Said,
  said,
} from './replies.ts'

/** The installed containerd and its configuration on disk. */
export interface ContainerdFact {
  readonly configPath: string
  /** Undefined where containerd is not installed. */
  readonly release?: ContainerdRelease
  readonly config: FileState
  readonly directoryExists: boolean
  /** Names beside the configuration file. */
  readonly siblings: readonly string[]
  readonly imports: readonly ImportedFile[]
  /** `containerd config default`; undefined too where there is a file and its defaults are not wanted. */
  readonly defaultConfig?: Said
  /** `containerd config dump`: what it makes of the files, imports merged; it asks no daemon. */
  readonly dump?: Said
  readonly known: KnownFiles
}

/** Where the default configuration of 2.2 and later looks for drop-ins (DefaultConfigIncludePattern). */
const DROP_INS = '/etc/containerd/conf.d'

export const containerd: Fact<ContainerdFact> = {
  name: 'containerd',
  requests: ({ containerd: { configPath, config } }) => [
    run('containerd', '--version'),
    config === 'edit' ? defaultsUnlessThere(configPath) : run('containerd', 'config', 'default'),
    run('containerd', '--config', configPath, 'config', 'dump'),
    { kind: 'read', path: configPath },
    { kind: 'list', path: directoryOf(configPath), contentOf: '.toml' },
    { kind: 'list', path: DROP_INS, contentOf: '.toml' },
  ],
  parse: ([version, defaults, dumped, config, siblings, dropIns], { containerd: { configPath } }) => {
    const directory = directoryState(directoryOf(configPath), siblings)
    const release = releaseOf(said(version))
    const answer = said(defaults)
    const defaultConfig = answer?.exitCode === 0 && answer.stdout === '' ? undefined : answer
    const dump = said(dumped)
    const own: KnownFiles = { files: new Map([[configPath, fileState(config)]]), directories: new Map() }
    return withImports({
      configPath,
      ...(release !== undefined && { release }),
      config: fileState(config),
      directoryExists: directory.errno === undefined,
      siblings: directory.entries.map(entry => entry.name),
      imports: [],
      ...(defaultConfig !== undefined && { defaultConfig }),
      ...(dump !== undefined && { dump }),
      known: withDirectory(withDirectory(own, directory), directoryState(DROP_INS, dropIns)),
    })
  },
  more: fact => importsOf(fact).missing,
  withMore: (fact, replies) => {
    const { missing } = importsOf(fact)
    return withImports({
      ...fact,
      known: missing.reduce((known, asked, i) => learn(known, asked, replies[i]), fact.known),
    })
  },
}

/** The defaults are what an edit starts from where there is no file, and dear: tens of milliseconds of CPU. */
const defaultsUnlessThere = (configPath: string): Request =>
  run('sh', '-c', '[ -e "$1" ] || exec containerd config default', 'sh', configPath)

/** `containerd github.com/containerd/containerd 1.6.20~ds1 …`, or with a v before the number. */
function releaseOf(answer: Said | undefined): ContainerdRelease | undefined {
  if (answer === undefined) return undefined
  const [, text, major, minor] = /\sv?((\d+)\.(\d+)\.\d\S*)/.exec(answer.stdout) ?? []
  return { text: text ?? 'unknown', major: Number(major ?? 0), minor: Number(minor ?? 0) }
}

const importsOf = ({ configPath, known }: ContainerdFact) => resolveImports(configPath, known)

const withImports = (fact: ContainerdFact): ContainerdFact => ({ ...fact, imports: importsOf(fact).files })

function withDirectory(known: KnownFiles, { path, entries }: DirectoryState): KnownFiles {
  const files = new Map(known.files)
  for (const { name, stat, content } of entries) {
    const file = `${path}/${name}`
    if (files.has(file) || content === undefined) continue
    files.set(
      file,
      typeof content === 'string' ? { isThere: false, errno: content } : presentFile(content, stat),
    )
  }
  return { files, directories: new Map(known.directories).set(path, entries) }
}

function learn(known: KnownFiles, asked: Request, reply: Reply | undefined): KnownFiles {
  if (asked.kind === 'list') return withDirectory(known, directoryState(asked.path, reply))
  if (asked.kind !== 'read') return known
  return { ...known, files: new Map(known.files).set(asked.path, fileState(reply)) }
}

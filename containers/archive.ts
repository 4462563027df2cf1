import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mustRun } from './command.ts'
import { EnvironmentMissing } from './environment-missing.ts'
import { type AptSource, aptSources, mirrorLines, ownSuite } from './mirror.ts'
import type { Release } from './release.ts'

/** A release's archive, read with this machine's apt through a directory of its own. */
export class Archive {
  readonly #root: string
  readonly #options: readonly string[]

  constructor(root: string) {
    this.#root = root
    this.#options = Object.entries({
      Dir: root,
      'Dir::State::status': join(root, 'status'),
      'Dir::Etc::TrustedParts': '/usr/share/keyrings',
      'APT::Architecture': 'amd64',
      'APT::Architectures': 'amd64',
      'APT::Sandbox::User': 'root',
      // As for the trees of the environments: a mirror may lag behind.
      'Acquire::Check-Valid-Until': 'false',
      'Acquire::Languages': 'en',
    }).flatMap(([key, value]) => ['-o', `${key}=${value}`])
  }

  /** Fetches the indexes. */
  async update(lines: readonly string[]): Promise<void> {
    for (const directory of ['etc/apt/apt.conf.d', 'etc/apt/preferences.d', 'var/lib/apt/lists/partial'])
      mkdirSync(join(this.#root, directory), { recursive: true })
    mkdirSync(join(this.#root, 'var/cache/apt/archives/partial'), { recursive: true })
    writeFileSync(join(this.#root, 'status'), '')
    writeFileSync(join(this.#root, 'etc/apt/sources.list'), lines.map(line => `${line}\n`).join(''))
    await mustRun(['apt-get', ...this.#options, '--quiet=2', 'update'])
  }

  /** Every name that has a version. */
  async names(): Promise<ReadonlySet<string>> {
    return new Set((await this.#cache('pkgnames')).split('\n').filter(name => name !== ''))
  }

  /** Every name that has a version or that a relation of some package has. */
  async mentionedNames(): Promise<ReadonlySet<string>> {
    return new Set((await this.#cache('pkgnames', '--all-names')).split('\n'))
  }

  /** The stanzas of the versions that apt would take, by name. */
  async stanzas(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (names.length === 0) return new Map()
    const text = await this.#cache('show', '--no-all-versions', ...names)
    const stanzas = text.split(/\n\n+/).filter(stanza => stanza.trim() !== '')
    return new Map(stanzas.map(stanza => [fieldOf(stanza, 'Package'), `${stanza.trimEnd()}\n`]))
  }

  /** Rows `name | version | uri suite/component architecture Packages` of apt-cache(8) madison, split. */
  async madison(names: readonly string[]): Promise<readonly (readonly [string, string, string])[]> {
    const text = names.length === 0 ? '' : await this.#cache('madison', ...names)
    return text
      .split('\n')
      .map(line => line.split('|').map(field => field.trim()))
      .flatMap(([name, version, place]) =>
        name && version && place ? [[name, version, place] as const] : [],
      )
  }

  /** Fetches packages; gives the paths of their files. */
  async download(names: readonly string[]): Promise<readonly string[]> {
    const directory = join(this.#root, 'debs')
    mkdirSync(directory, { recursive: true })
    const script = 'cd "$1" && shift && exec apt-get "$@"'
    await mustRun(['sh', '-c', script, 'sh', directory, ...this.#options, '--quiet=2', 'download', ...names])
    return readdirSync(directory).map(name => join(directory, name))
  }

  /** The signed index of a suite. */
  inRelease(suite: string): { readonly text: string; readonly sizeBytes: number } {
    const lists = join(this.#root, 'var/lib/apt/lists')
    const file = readdirSync(lists).find(name => name.endsWith(`_dists_${suite}_InRelease`))
    if (file === undefined) throw new Error(`apt fetched no InRelease of ${suite}`)
    const path = join(lists, file)
    return { text: readFileSync(path, 'utf8'), sizeBytes: statSync(path).size }
  }

  #cache(...words: readonly string[]): Promise<string> {
    return mustRun(['apt-cache', ...this.#options, ...words])
  }
}

/** Opens a release's archive for as long as `work` reads from it; the lines are those of this machine's mirrors. */
export async function withArchive<T>(
  release: Release,
  work: (archive: Archive, sources: readonly AptSource[]) => Promise<T>,
): Promise<T> {
  const lines = mirrorLines(await aptSources(), ownSuite() ?? release.suite, release.suite)
  if (lines.length === 0) throw new EnvironmentMissing('this machine has no Debian package sources')
  const root = mkdtempSync(join(tmpdir(), 'seatrial-archive-'))
  try {
    const archive = new Archive(root)
    await archive.update(lines)
    return await work(archive, lines.map(sourceOf))
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

function sourceOf(line: string): AptSource {
  const [, uri = '', suite = '', component = ''] = line.split(' ')
  return { uri, suite, component }
}

/** A field of a stanza of deb822(5), its first line; empty where it is not there. */
export const fieldOf = (stanza: string, name: string): string =>
  new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(stanza)?.[1] ?? ''

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyOf } from './cache.ts'
import { sourceDirectory } from './source-directory.ts'

/** What a real environment is made of: the folder of its name beside this file, and what is common to all. */
export interface Release {
  /** `debian-12`: the name of the folder, and what follows `sim:`. */
  readonly name: string
  /** Debian's name for it: `bookworm`. */
  readonly suite: string
  readonly packages: readonly string[]
  /** Those of `packages` that are not the release's own but were asked for by `withPackages`, sorted. */
  readonly extraPackages: readonly string[]
  /** The instructions that `docker import` takes as well: ENV, CMD. */
  readonly changes: readonly string[]
  /** Changes when any of it changes. */
  readonly key: string
}

/** What every release is built from, beside its own folder. */
const COMMON = ['packages.txt', 'install.sh', 'dpkg-excludes', 'customize.sh', 'merge-usr.sh'] as const

/** The releases there are folders for, oldest first. */
export function releaseNames(): string[] {
  return readdirSync(sourceDirectory)
    .filter(name => /^debian-\d+$/.test(name))
    .sort()
}

/** Reads a release's folder; a name without one throws, naming those there are. */
export function readRelease(name: string): Release {
  const known = releaseNames()
  if (!known.includes(name)) throw new Error(`no environment ${name}: there are ${known.join(', ')}`)
  const read = (...path: string[]) => readFileSync(join(sourceDirectory, ...path), 'utf8')
  const [dockerfile, own, common] = [
    read(name, 'Dockerfile'),
    read(name, 'packages.txt'),
    read('packages.txt'),
  ]
  return {
    name,
    suite: suiteOf(dockerfile, name),
    packages: [...parsePackages(common), ...parsePackages(own)],
    extraPackages: [],
    changes: dockerfile.split('\n').filter(line => /^(ENV|CMD) /.test(line)),
    key: keyOf(dockerfile, own, ...COMMON.map(file => read(file))),
  }
}

/** The same release with more packages: an environment of its own, with its own key. */
export function withPackages(release: Release, extra: readonly string[]): Release {
  const added = [...new Set(extra)].filter(name => !release.packages.includes(name)).sort()
  if (added.length === 0) return release
  return {
    ...release,
    packages: [...release.packages, ...added],
    extraPackages: [...release.extraPackages, ...added].sort(),
    key: keyOf(release.key, ...added),
  }
}

/** The names in a package list: one a line, `#` begins a comment. */
export function parsePackages(text: string): string[] {
  return text
    .split('\n')
    .map(line => line.replace(/#.*/, '').trim())
    .filter(line => line !== '')
}

/** The suite is said once, by the Dockerfile's `FROM debian:bookworm-slim`. */
function suiteOf(dockerfile: string, name: string): string {
  const suite = /^FROM debian:([a-z]+)-slim( AS \w+)?$/m.exec(dockerfile)?.[1]
  if (suite === undefined) throw new Error(`containers/${name}/Dockerfile: no line FROM debian:SUITE-slim`)
  return suite
}

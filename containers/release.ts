import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyOf } from './cache.ts'
import { sourceDirectory } from './source-directory.ts'

/** What a real environment is made of: the folder of its name beside this file. */
export interface Release {
  /** `debian-12`: the name of the folder, and what follows `sim:`. */
  readonly name: string
  /** Debian's name for it: `bookworm`. */
  readonly suite: string
  readonly packages: readonly string[]
  /** The instructions that `docker import` takes as well: ENV, CMD. */
  readonly changes: readonly string[]
  /** Changes when any of it changes. */
  readonly key: string
}

/** The releases there are folders for, sorted. */
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
  const [dockerfile, packages] = [read(name, 'Dockerfile'), read(name, 'packages.txt')]
  return {
    name,
    suite: suiteOf(dockerfile, name),
    packages: parsePackages(packages),
    changes: dockerfile.split('\n').filter(line => /^(ENV|CMD) /.test(line)),
    key: keyOf(dockerfile, packages, read('dpkg-excludes'), read('customize.sh')),
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
  const suite = /^FROM debian:([a-z]+)-slim$/m.exec(dockerfile)?.[1]
  if (suite === undefined) throw new Error(`containers/${name}/Dockerfile: no line FROM debian:SUITE-slim`)
  return suite
}

import { readFileSync } from 'node:fs'
import { isInstalled, mustRun } from './command.ts'

/** One repository that this machine's apt knows. */
export interface AptSource {
  readonly uri: string
  /** `bookworm`, `bookworm-updates`, `bookworm-security`. */
  readonly suite: string
  readonly component: string
}

/** This machine's own apt sources, whatever the format they are written in; none where there is no apt. */
export async function aptSources(): Promise<AptSource[]> {
  if (!(await isInstalled('apt-get'))) return []
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)'
  return parseSources(await mustRun(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages']))
}

/** Reads the lines of `apt-get indextargets`. */
export function parseSources(text: string): AptSource[] {
  return text.split('\n').flatMap(line => {
    const [uri, suite, component] = line.split(' ')
    return uri && suite && component ? [{ uri, suite, component }] : []
  })
}

/**
 * Lines of sources.list for another release on the mirrors that this machine uses for its own: `bookworm-updates`
 * here is `trixie-updates` there.
 */
export function mirrorLines(sources: readonly AptSource[], own: string, suite: string): string[] {
  const suites = new Map(
    [own, `${own}-updates`, `${own}-security`].map(name => [name, name.replace(own, suite)]),
  )
  const lines = sources
    .filter(source => source.component === 'main')
    .flatMap(source => {
      const there = suites.get(source.suite)
      return there === undefined ? [] : [`deb ${source.uri} ${there} main`]
    })
  return [...new Set(lines)]
}

/** The suite of this machine (VERSION_CODENAME in os-release); undefined where it has none. */
export function ownSuite(osRelease = readFileSync('/etc/os-release', 'utf8')): string | undefined {
  return /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(osRelease)?.[1]
}

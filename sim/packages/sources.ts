import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import { parseStanzas } from './stanza.ts'

/** One suite of one archive that sources.list(5) names. */
export interface Source {
  readonly uri: string
  readonly suite: string
  readonly components: readonly string[]
  /** The file of the key that is to have signed it; undefined where apt's own keys are meant. */
  readonly keyring: string | undefined
  /** Whether it is taken without a signature. */
  readonly isTrusted: boolean
}

/** The binary sources of a host, in apt's order: sources.list, then the files of sources.list.d by name. */
export function readSources(process: Process): readonly Source[] {
  const directory = '/etc/apt/sources.list.d'
  const names = process.exists(directory) ? process.readdir(directory) : []
  const main = process.exists('/etc/apt/sources.list') ? ['/etc/apt/sources.list'] : []
  const paths = [...main, ...names.map(name => `${directory}/${name}`)]
  return paths.flatMap(path => {
    if (path.endsWith('.list')) return process.readText(path).split('\n').flatMap(parseLine)
    return path.endsWith('.sources') ? parseStanzas(process.readText(path)).flatMap(parseDeb822) : []
  })
}

function parseLine(line: string): readonly Source[] {
  const text = line.replace(/#.*/, '').trim()
  const [, options = '', uri, suite, rest = ''] =
    /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*(.*)$/.exec(text) ?? []
  if (uri === undefined || suite === undefined) {
    if (text !== '' && !text.startsWith('deb-src')) throw new Unsimulated('apt-get', `the line "${text}"`)
    return []
  }
  const architectures = /(?:^|\s)arch=(\S+)/.exec(options)?.[1]?.split(',')
  if (architectures !== undefined && !architectures.includes('amd64')) return []
  const keyring = /(?:^|\s)signed-by=(\S+)/.exec(options)?.[1]
  const isTrusted = /(?:^|\s)trusted=yes/.test(options)
  const components = rest.split(/\s+/).filter(word => word !== '')
  return [{ uri: uri.replace(/\/+$/, ''), suite, components, keyring, isTrusted }]
}

function parseDeb822(stanza: ReadonlyMap<string, string>): readonly Source[] {
  const words = (name: string): readonly string[] =>
    (stanza.get(name) ?? '')
      .split('\n')
      .filter(line => !line.trimStart().startsWith('#'))
      .join(' ')
      .split(/\s+/)
      .filter(word => word !== '' && word !== '.')
  if (!words('Types').includes('deb') || stanza.get('Enabled') === 'no') return []
  const [keyring] = words('Signed-By')
  const isTrusted = stanza.get('Trusted') === 'yes'
  const components = words('Components')
  return words('URIs').flatMap(uri =>
    words('Suites').map(suite => ({ uri: uri.replace(/\/+$/, ''), suite, components, keyring, isTrusted })),
  )
}

/** Where apt keeps an index: /var/lib/apt/lists with the address, its slashes made underscores. */
export const LISTS = '/var/lib/apt/lists'

/** The name of a file of the archive in `LISTS`. */
export const listName = (source: Pick<Source, 'uri' | 'suite'>, file: string): string =>
  `${source.uri.replace(/^\w+:\/\//, '')}/${source.suite.endsWith('/') ? source.suite.replace(/\/$/, '') : `dists/${source.suite}`}/${file}`.replaceAll(
    '/',
    '_',
  )

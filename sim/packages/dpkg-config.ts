import { Unsimulated } from '../../src/host/host.ts'
import { fnmatch } from '../formats/fnmatch.ts'
import type { Process } from '../process.ts'

/** Settings of dpkg.cfg(5) that change what is unpacked. */
export interface DpkgConfig {
  /** Whether a path is unpacked: the last filter that fits decides. */
  isUnpacked(path: string): boolean
}

/** Words whose effect cannot be seen here: logs, syncing, colours. */
const HARMLESS: readonly string[] = ['no-debsig', 'force-unsafe-io', 'status-logger']

/** Reads /etc/dpkg/dpkg.cfg and the files beside it. */
export function readDpkgConfig(process: Process): DpkgConfig {
  const filters = linesOf(process).flatMap(line => {
    const [, kind, pattern] = /^path-(exclude|include)[= ]\s*"?([^"]*)"?$/.exec(line) ?? []
    if (kind === undefined || pattern === undefined) {
      const name = line.split(/[= ]/)[0] ?? ''
      if (name !== 'log' && !HARMLESS.includes(name)) throw new Unsimulated('dpkg', `${name} in dpkg.cfg`)
      return []
    }
    return [{ isIncluding: kind === 'include', pattern }]
  })
  return {
    isUnpacked: path => filters.findLast(({ pattern }) => fnmatch(pattern, path))?.isIncluding ?? true,
  }
}

function linesOf(process: Process): readonly string[] {
  const directory = '/etc/dpkg/dpkg.cfg.d'
  const names = process.exists(directory)
    ? process.readdir(directory).filter(name => /^[\w-]+$/.test(name))
    : []
  const paths = [...names.map(name => `${directory}/${name}`), '/etc/dpkg/dpkg.cfg']
  return paths
    .filter(path => process.exists(path))
    .flatMap(path => process.readText(path).split('\n'))
    .map(line => line.replace(/#.*/, '').trim())
    .filter(line => line !== '')
}

import { Unsimulated } from '../../src/host/host.ts'
import { elide } from '../packages/placing.ts'
import type { Process } from '../process.ts'
import { withCommandLine } from './getopt.ts'

const CACHES = ['/etc/ld.so.cache', '/var/cache/ldconfig/aux-cache']

/** ldconfig(8) without options or with `-r /`: makes its caches anew, whose content nothing here reads. */
export function ldconfig(process: Process): number {
  check(process)
  if (process.credentials.uid !== 0) throw new Unsimulated('ldconfig', 'a user other than root')
  for (const path of CACHES) {
    const sizeBytes = process.exists(path) ? process.stat(path).sizeBytes : 0
    process.writeFile(path, '', { mode: 0o644 })
    elide(process, path, sizeBytes)
  }
  return 0
}

withCommandLine(ldconfig, check)

function check({ argv }: Process): undefined {
  const words = argv.slice(1).join(' ')
  if (words !== '' && words !== '-r /') throw new Unsimulated('ldconfig', words)
}

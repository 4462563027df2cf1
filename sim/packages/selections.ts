import { Unsimulated } from '../../src/host/host.ts'
import { decodeText } from '../../src/host/surrogate-escape.ts'
import { fnmatch } from '../formats/fnmatch.ts'
import type { Process } from '../process.ts'
import { Database, type Status } from './database.ts'

/** Width of the first column of `dpkg --get-selections`, in tabs of eight. */
const NAME_COLUMNS = 48

/** `dpkg --get-selections`. */
export function selections(process: Process, words: readonly string[]): number {
  const database = new Database(process)
  const known = database.all.filter(item => item.status.state !== 'not-installed')
  const found =
    words.length === 0 ? known : known.filter(item => words.some(word => fnmatch(word, item.name)))
  for (const word of words)
    if (!known.some(item => fnmatch(word, item.name)))
      process.complain(`dpkg: no packages found matching ${word}\n`)
  for (const { displayName, status } of found) {
    const tabs = Math.max(1, Math.ceil((NAME_COLUMNS - displayName.length) / 8))
    process.print(`${displayName}${'\t'.repeat(tabs)}${status.want}\n`)
  }
  return 0
}

/** `dpkg --set-selections`: lines `NAME WANT`. */
export function setSelections(process: Process, input: Uint8Array): number {
  const database = new Database(process)
  for (const line of decodeText(input).split('\n')) {
    const [name, want] = line.trim().split(/\s+/)
    if (!name || name.startsWith('#')) continue
    const item = database.find(name)
    if (item === undefined || want === undefined || !isWant(want))
      throw new Unsimulated('dpkg', `--set-selections of ${JSON.stringify(line)}`)
    database.put(item.withStatus({ want }))
  }
  return 0
}

const isWant = (word: string): word is Status['want'] =>
  ['install', 'hold', 'deinstall', 'purge'].includes(word)

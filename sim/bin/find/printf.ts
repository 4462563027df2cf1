import { Unsimulated } from '../../../src/host/host.ts'
import type { SimStat } from '../../fs/vfs.ts'
import type { Process } from '../../process.ts'
import { groupName, userName } from '../accounts.ts'
import { TYPE_LETTER } from '../stat.ts'
import { printed } from './actions.ts'
import { type Entry, nameOf, type Test } from './entry.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '\0',
  '\\': '\\',
}

/** -printf. */
export function printf(format: string): Test {
  const parts = [...format.matchAll(/\\([\s\S]?)|%([-+ #0]*\d*(?:\.\d+)?)([\s\S]?)|[^\\%]+/g)]
  for (const [whole, escaped, , letter] of parts) {
    if (escaped !== undefined && ESCAPES[escaped] === undefined)
      throw new Unsimulated('find', `-printf with ${whole}`)
    if (letter !== undefined && letter !== '%' && DIRECTIVES[letter] === undefined)
      throw new Unsimulated('find', `-printf with ${whole}`)
  }
  const text = (entry: Entry, process: Process): string =>
    parts
      .map(([whole, escaped, layout = '', letter]) => {
        if (escaped !== undefined) return ESCAPES[escaped] ?? whole
        if (letter === undefined) return whole
        return letter === '%' ? '%' : pad(DIRECTIVES[letter]?.(entry, process) ?? '', layout)
      })
      .join('')
  return (entry, { process }) => printed(process, text(entry, process))
}

function pad(text: string, layout: string): string {
  const [, flags = '', width = '', precision] = /^([-+ #0]*)(\d*)(?:\.(\d+))?$/.exec(layout) ?? []
  if (/[+ #0]/.test(flags)) throw new Unsimulated('find', `-printf with %${layout}`)
  const cut = precision === undefined ? text : text.slice(0, Number(precision))
  return flags.includes('-') ? cut.padEnd(Number(width)) : cut.padStart(Number(width))
}

const LETTER = (type: SimStat['type']): string => (type === 'file' ? 'f' : TYPE_LETTER[type])

const DIRECTIVES: Readonly<Record<string, (entry: Entry, process: Process) => string>> = {
  p: ({ path }) => path,
  f: ({ path }) => nameOf(path),
  h: ({ path }) => leading(path),
  H: ({ start }) => start,
  P: ({ path, start }) => path.slice(start.length).replace(/^\//, ''),
  m: ({ stat }) => (stat.mode & 0o7777).toString(8),
  M: ({ stat }) => permissions(stat),
  s: ({ stat }) => String(stat.sizeBytes),
  u: ({ stat }, process) => userName(process, stat.uid),
  g: ({ stat }, process) => groupName(process, stat.gid),
  U: ({ stat }) => String(stat.uid),
  G: ({ stat }) => String(stat.gid),
  y: ({ stat }) => LETTER(stat.type),
  d: ({ depth }) => String(depth),
  l: ({ stat }) => stat.target ?? '',
  n: ({ stat }) => String(stat.nlink),
}

/** What is in front of the last component; `.` where there is nothing, and nothing for what lies in `/`. */
function leading(path: string): string {
  const slash = path.replace(/(.)\/+$/, '$1').lastIndexOf('/')
  return slash < 0 ? '.' : path.slice(0, slash)
}

/** Type and permission as `ls -l` has them. */
function permissions({ type, mode }: SimStat): string {
  const triple = (shift: number, special: number, letter: string): string => {
    const bits = (mode >> shift) & 7
    const isSpecial = (mode & special) !== 0
    const execute = (bits & 1) !== 0
    const last = isSpecial ? (execute ? letter : letter.toUpperCase()) : execute ? 'x' : '-'
    return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${last}`
  }
  return `${TYPE_LETTER[type]}${triple(6, 0o4000, 's')}${triple(3, 0o2000, 's')}${triple(0, 0o1000, 't')}`
}

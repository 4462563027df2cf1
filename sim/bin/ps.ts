import { Unsimulated } from '../../src/host/host.ts'
import { strftime } from '../formats/strftime.ts'
import type { ProcessRecord } from '../kernel/processes.ts'
import type { Process } from '../process.ts'
import { userName } from './accounts.ts'
import { ANY_WORDS, withCommandLine } from './getopt.ts'
import { procpsRelease } from './procps.ts'

interface Column {
  readonly header: string
  readonly width: number
  readonly isRight: boolean
  cell(record: ProcessRecord, process: Process): string
}

const column = (header: string, width: number, cell: Column['cell'], isRight = false): Column => ({
  header,
  width,
  isRight,
  cell,
})

const number = (header: string, width: number, cell: (record: ProcessRecord) => number): Column =>
  column(header, width, record => String(cell(record)), true)

const command = column('COMMAND', 27, ({ argv, comm }) => (argv.length === 0 ? `[${comm}]` : argv.join(' ')))
const user = column('USER', 8, ({ uid }, process) => {
  const name = userName(process, uid)
  return name.length > 8 ? `${name.slice(0, 7)}+` : name
})
/** No process has a terminal here. */
const tty = column('TTY', 8, () => '?')
const comm = column('COMMAND', 15, record => record.comm)

/** Of the table of src/ps/output.c: what is kept of a process. CPU time is not spent here. */
const COLUMNS: Readonly<Record<string, Column>> = {
  pid: number('PID', 7, ({ pid }) => pid),
  ppid: number('PPID', 7, ({ ppid }) => ppid),
  uid: number('UID', 5, ({ uid }) => uid),
  user,
  euser: { ...user, header: 'EUSER' },
  uname: user,
  tty: { ...tty, header: 'TT' },
  tname: tty,
  tt: { ...tty, header: 'TT' },
  time: column('TIME', 8, () => '00:00:00', true),
  comm,
  ucmd: { ...comm, header: 'CMD' },
  ucomm: comm,
  args: command,
  command,
  cmd: { ...command, header: 'CMD' },
  cgroup: column('CGROUP', 27, ({ cgroup }) => `0::${cgroup}`),
}

const SHORT = ['pid', 'tname', 'time', 'ucmd']

/** What a command line asks for. */
interface Request {
  readonly isAll: boolean
  readonly isFull: boolean
  readonly hasHeader: boolean
  readonly pids: readonly number[]
  readonly names: readonly string[]
  readonly uids: readonly string[]
  readonly columns: readonly string[]
}

/** ps(1) of procps: the Unix forms that need no more than who is there. Memory, states and CPU time are not kept. */
export const ps = withCommandLine((process: Process): number => {
  const words = process.argv.slice(1)
  if (words.length === 1 && /^(?:-V|--version)$/.test(words[0] ?? '')) {
    process.print(`ps from procps-ng ${procpsRelease(process).version}\n`)
    return 0
  }
  const request = parse(words)
  if (typeof request === 'string') {
    process.complain(`error: ${request}\n${USAGE}`)
    return 1
  }
  return print(process, request)
}, ANY_WORDS)

const ARGUMENTS: Readonly<Record<string, 'pids' | 'names' | 'columns' | 'uids'>> = {
  p: 'pids',
  q: 'pids',
  C: 'names',
  o: 'columns',
  u: 'uids',
}

/** The request, or what is wrong with it. */
function parse(words: readonly string[]): Request | string {
  const lists = { pids: [] as string[], names: [] as string[], columns: [] as string[], uids: [] as string[] }
  const flags = new Set<string>()
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (/^(?:--no-headers?|--no-heading)$/.test(word)) flags.add('h')
    else if (
      /^--(?:help|sort|forest|cols|width|rows|lines|headers|info|pid|ppid|user|group|tty|format)/.test(word)
    )
      throw new Unsimulated('ps', `the option ${word}`)
    else if (word.startsWith('--')) return 'unknown gnu long option'
    else if (!word.startsWith('-') || word === '-') throw new Unsimulated('ps', `the BSD form ${word}`)
    else
      for (let at = 1; at < word.length; at++) {
        const letter = word.charAt(at)
        const kind = ARGUMENTS[letter]
        if (kind !== undefined) {
          const argument = word.slice(at + 1) || rest.shift()
          if (argument === undefined) throw new Unsimulated('ps', `-${letter} without a list`)
          lists[kind].push(...(kind === 'columns' ? [argument] : argument.split(/[, ]+/)))
          break
        }
        if (!'eAfw'.includes(letter)) throw new Unsimulated('ps', `the option -${letter}`)
        flags.add(letter)
      }
  }
  if (lists.pids.some(pid => !/^\d+$/.test(pid))) return 'process ID list syntax error'
  const isAll = flags.has('e') || flags.has('A')
  const isSelecting = isAll || lists.pids.length + lists.names.length + lists.uids.length > 0
  if (!isSelecting) throw new Unsimulated('ps', 'the processes of a terminal')
  return {
    isAll,
    isFull: flags.has('f'),
    hasHeader: !flags.has('h'),
    pids: lists.pids.map(Number),
    names: lists.names,
    uids: lists.uids,
    columns: lists.columns,
  }
}

function print(process: Process, request: Request): number {
  const found = [...process.kernel.processes.all.values()].filter(
    ({ pid, comm: name, uid }) =>
      request.isAll ||
      request.pids.includes(pid) ||
      request.names.includes(name) ||
      request.uids.some(wanted => wanted === String(uid) || wanted === userName(process, uid)),
  )
  const columns = columnsOf(process, request)
  const rows = found.map(record => columns.map(one => one.cell(record, process)))
  const isSilent = !request.hasHeader || columns.every(({ header }) => header === '')
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => {
        const { width = 0, isRight = false } = columns[at] ?? {}
        return isRight ? cell.padStart(width) : at === cells.length - 1 ? cell : cell.padEnd(width)
      })
      .join(' ')
  const header = isSilent ? [] : [columns.map(one => one.header)]
  process.print([...header, ...rows].map(cells => `${line(cells)}\n`).join(''))
  return found.length > 0 ? 0 : 1
}

/** -o of all occurrences; `name=header`, which takes the rest, and an empty one. */
function columnsOf(process: Process, request: Request): readonly Column[] {
  if (request.columns.length > 0) return request.columns.flatMap(list => namedColumns(list))
  if (!request.isFull) return SHORT.map(name => columnOf(name))
  const bootSeconds = process.clock.realtimeSeconds
  const started = column('STIME', 5, ({ startNs }) => {
    const seconds = bootSeconds - (process.clock.monotonicNs - startNs) / 1e9
    const isToday = strftime('%j %Y', seconds) === strftime('%j %Y', bootSeconds)
    return strftime(isToday ? '%H:%M' : '%b%d', seconds)
  })
  return [
    { ...user, header: 'UID' },
    columnOf('pid'),
    columnOf('ppid'),
    number('C', 2, () => 0),
    started,
    columnOf('tname'),
    columnOf('time'),
    columnOf('cmd'),
  ]
}

function namedColumns(list: string): readonly Column[] {
  const equals = list.indexOf('=')
  const names = (equals < 0 ? list : list.slice(0, equals)).split(/[, ]+/)
  const columns = names.map(name => columnOf(name))
  const last = columns.at(-1)
  if (equals < 0 || last === undefined) return columns
  const header = list.slice(equals + 1)
  return [...columns.slice(0, -1), { ...last, header, width: Math.max(last.width, header.length) }]
}

function columnOf(name: string): Column {
  const known = Object.hasOwn(COLUMNS, name) ? COLUMNS[name] : undefined
  if (known === undefined) throw new Unsimulated('ps', `the column ${name}`)
  return known
}

const USAGE = `
Usage:
 ps [options]

 Try 'ps --help <simple|list|output|threads|misc|all>'
  or 'ps --help <s|l|o|t|m|a>'
 for additional help text.

For more details see ps(1).
`

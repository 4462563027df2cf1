import { structuredPatch } from 'diff'
import type { FileView, MachineDiff } from '../lab/simulated-shell.ts'
import type { Style } from './terminal.ts'
import { visible } from './visible.ts'

/** Larger files are only named. */
const MAX_SHOWN_CHARS = 64 * 1024

/** What changed on a machine, for a person: one block a kind, texts as unified diffs. */
export function diffText(diff: MachineDiff, style: Style): string {
  const blocks = [
    block(
      'files',
      diff.files.flatMap(file => fileLines(file, style)),
      style,
    ),
    block('sysctls', valueLines(diff.sysctl.map(keyed), style), style),
    block('modules', valueLines(diff.modules.map(counted), style), style),
    block('units', valueLines(diff.units.filter(isStateChange), style), style),
    block('mounts', valueLines(diff.mounts, style), style),
  ]
  const text = blocks.filter(lines => lines !== '').join('\n')
  return text === '' ? 'nothing changed\n' : text
}

/** A unit that is not in memory is inactive (systemctl(1), "is-active"): PID 1 forgets and reads units as it pleases. */
const isStateChange = ({ before = INACTIVE, after = INACTIVE }: Change<string>): boolean => before !== after

const INACTIVE = 'inactive (dead)'

interface Change<T> {
  readonly name: string
  readonly before: T | undefined
  readonly after: T | undefined
}

const block = (title: string, lines: readonly string[], style: Style): string =>
  lines.length === 0 ? '' : `${style.bold(title)}\n${lines.map(line => `  ${line}\n`).join('')}`

/** `/proc/sys/net/ipv4/ip_forward` is called `net.ipv4.ip_forward`: sysctl(8), where a dot in a name is a slash. */
const keyed = (change: Change<string>): Change<string> => ({
  ...change,
  name: change.name.replace(/^\/proc\/sys\//, '').replace(/[./]/g, char => (char === '.' ? '/' : '.')),
})

const counted = ({ name, before, after }: Change<number>): Change<string> => ({
  name,
  before: before === undefined ? undefined : `used by ${before}`,
  after: after === undefined ? undefined : `used by ${after}`,
})

const valueLines = (changes: readonly Change<string>[], style: Style): readonly string[] =>
  changes.map(({ name, before, after }) => {
    const sign = before === undefined ? style.green('+') : after === undefined ? style.red('-') : ' '
    const values = [before, after].filter(value => value !== undefined).map(visible)
    return `${sign} ${visible(name)}: ${values.join(' → ')}`
  })

function fileLines({ name, before, after }: Change<FileView>, style: Style): readonly string[] {
  const path = visible(name)
  const title =
    before === undefined
      ? `${style.green('+')} ${path}${describe(after)}`
      : after === undefined
        ? `${style.red('-')} ${path}`
        : `  ${path}${attributes(before, after)}`
  return [title, ...textLines({ before, after }, style).map(line => `    ${line}`)]
}

const describe = (file: FileView | undefined): string => {
  if (file?.type === 'symlink') return ` -> ${visible(file.text ?? '')}`
  return file === undefined || file.type === 'file' ? '' : ` (${file.type})`
}

/** What is different beside the content. */
function attributes(before: FileView, after: FileView): string {
  const changes = [
    ...(before.type === after.type ? [] : [`${before.type} → ${after.type}`]),
    ...(before.mode === after.mode ? [] : [`mode ${octal(before.mode)} → ${octal(after.mode)}`]),
    ...(before.uid === after.uid && before.gid === after.gid
      ? []
      : [`owner ${before.uid}:${before.gid} → ${after.uid}:${after.gid}`]),
    ...(before.text === after.text && before.type === 'file' && before.text === undefined
      ? ['content is not shown']
      : []),
  ]
  return changes.length === 0 ? '' : ` (${changes.join(', ')})`
}

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0')

interface Sides {
  readonly before: FileView | undefined
  readonly after: FileView | undefined
}

function textLines({ before, after }: Sides, style: Style): readonly string[] {
  const old = textOf(before)
  const now = textOf(after)
  if (old === now || (before === undefined && after?.type !== 'file') || after === undefined) return []
  if (old === undefined || now === undefined) return ['(its content is not shown)']
  const { hunks } = structuredPatch('', '', old, now, '', '', { context: 2 })
  return hunks.flatMap(hunk => [
    ...(before === undefined ? [] : [style.cyan(`@@ line ${hunk.oldStart} @@`)]),
    ...hunk.lines.map(line => colored(visible(line), style)),
  ])
}

/** What can be shown line by line: of no file at all nothing; undefined for what is large, or no text. */
function textOf(file: FileView | undefined): string | undefined {
  if (file === undefined) return ''
  if (file.text === undefined || file.text.length > MAX_SHOWN_CHARS) return undefined
  return file.text.includes('\0') || !file.text.isWellFormed() ? undefined : file.text
}

function colored(line: string, style: Style): string {
  if (line.startsWith('+')) return style.green(line)
  return line.startsWith('-') ? style.red(line) : style.dim(line)
}

import { Unsimulated } from '../../src/host/host.ts'
import type { JournalLine } from '../bus.ts'
import { strftime } from '../formats/strftime.ts'
import type { Process } from '../process.ts'
import { systemdProgram } from './systemd-program.ts'

/** journalctl(1): lines of this boot, by unit. */
export const journalctl = systemdProgram(
  {
    options: [
      'u,unit:',
      'b,boot::',
      'n,lines:',
      'no-pager',
      'o,output:',
      'e,pager-end',
      'x,catalog',
      'q,quiet',
      'r,reverse',
      'a,all',
      'no-full',
      'l,full',
      't,identifier:',
      'sync',
    ],
    unsimulated: [
      'k,dmesg',
      'p,priority:',
      'no-hostname',
      'f,follow',
      'since:',
      'until:',
      'S:',
      'U:',
      'g,grep:',
      'c,cursor:',
      'list-boots',
      'disk-usage',
      'vacuum-size:',
      'vacuum-time:',
      'flush',
      'rotate',
      'header',
      'D,directory:',
      'file:',
      'F,field:',
      'user',
      'system',
      'output-fields:',
      'utc',
      'm,merge',
      'no-tail',
      'user-unit:',
      'facility:',
      'case-sensitive::',
      'after-cursor:',
      'show-cursor',
      'cursor-file:',
      'root:',
      'image:',
      'namespace:',
      'verify',
      'relinquish-var',
      'smart-relinquish-var',
      'update-catalog',
      'list-catalog',
      'dump-catalog',
      'setup-keys',
      'force',
      'interval:',
      'verify-key:',
      'N,fields',
      'M,machine:',
      'truncate-newline',
    ],
  },
  (process, options) => {
    // Here the journal has every message at once.
    if (options.has('sync')) return 0
    const units = options.values('unit').map(name => (name.includes('.') ? name : `${name}.service`))
    const identifiers = options.values('identifier')
    const all = process.system.bus.journal.entries.filter(
      entry =>
        (units.length === 0 || units.includes(entry.unit)) &&
        (identifiers.length === 0 || identifiers.includes(entry.identifier)),
    )
    const count = options.has('lines')
      ? Number(options.value('lines') ?? '10')
      : options.has('pager-end')
        ? 1000
        : all.length
    const lines = count === 0 ? [] : all.slice(-count)
    if (options.has('reverse')) lines.reverse()
    const output = options.value('output') ?? 'short'
    const { hasJournalHeader } = process.system.bus.systemd.release
    if (hasJournalHeader && output !== 'cat' && !options.has('quiet')) process.print(header(process))
    if (lines.length === 0 && !options.has('quiet')) process.print('-- No entries --\n')
    if (output !== 'short' && output !== 'cat') throw new Unsimulated('journalctl', `-o ${output}`)
    // -o cat has no place for the catalog's explanations: recorded.
    if (options.has('catalog') && output !== 'cat') throw new Unsimulated('journalctl', '--catalog')
    const boot = options.value('boot') ?? '0'
    if (boot !== '0') throw new Unsimulated('journalctl', `-b ${boot}`)
    const isCat = output === 'cat'
    process.print(lines.map(entry => `${isCat ? entry.message : shortLine(entry)}\n`).join(''))
    return 0
  },
)

/** What the whole journal holds, whatever was asked for. */
function header({ system, clock }: Process): string {
  const { entries } = system.bus.journal
  const at = (entry: JournalLine | undefined): string =>
    strftime('%a %Y-%m-%d %H:%M:%S UTC', entry?.seconds ?? clock.realtimeSeconds)
  return `-- Journal begins at ${at(entries[0])}, ends at ${at(entries.at(-1))}. --\n`
}

/** `Nov 23 01:30:09 debian-12 echo[272]: hello`. */
export function shortLine(entry: JournalLine): string {
  return `${strftime('%b %d %H:%M:%S', entry.seconds)} ${entry.hostname} ${entry.identifier}[${entry.pid}]: ${entry.message}`
}

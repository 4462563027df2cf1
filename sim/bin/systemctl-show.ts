import { Unsimulated } from '../../src/host/host.ts'
import type { SystemctlCall } from './systemctl-call.ts'

/** Properties that exist and are not modelled are not left out silently: their names are those of the manual. */
export function show({ process, systemd, options, names }: SystemctlCall): number {
  const wanted = [...options.values('property'), ...options.values('P')].flatMap(list => list.split(','))
  if (wanted.length === 0) throw new Unsimulated('systemctl', 'show without -p')
  if (names.length === 0) return showManager({ process, systemd, options, names }, wanted)
  const isValue = options.has('value') || options.has('P')
  const blocks = names.map(name => {
    const properties = systemd.properties(systemd.fullName(name))
    const unknown = wanted.find(
      property => !Object.hasOwn(properties, property) && EXISTING_PROPERTIES.test(property),
    )
    if (unknown !== undefined && properties.LoadState === 'loaded')
      throw new Unsimulated('systemctl', `show -p ${unknown}`)
    const rows = Object.entries(properties).filter(
      ([property, value]) => wanted.includes(property) && (value !== '' || SHOWN_EMPTY.has(property)),
    )
    return rows
      .flatMap(([property, value]) =>
        value.split('\n').map(line => `${isValue ? '' : `${property}=`}${line}\n`),
      )
      .join('')
  })
  process.print(blocks.join('\n'))
  return 0
}

/** Properties of PID 1 itself, in its order. */
function showManager({ process, systemd, options }: SystemctlCall, wanted: readonly string[]): number {
  const { containerd } = process.system.bus
  const [, version = ''] = /\((.*)\)/.exec(containerd.answerOf(['systemctl', '--version'])) ?? []
  const virtualization = containerd.answerOf(['systemd-detect-virt']).trim()
  const known: Readonly<Record<string, string>> = {
    Version: version,
    Virtualization: virtualization === 'none' ? '' : virtualization,
    Architecture: process.kernel.record.machine.replace('_', '-'),
    SystemState: systemd.systemState(),
  }
  const unknown = wanted.find(name => !Object.hasOwn(known, name))
  if (unknown !== undefined) throw new Unsimulated('systemctl', `show -p ${unknown}`)
  for (const [name, value] of Object.entries(known))
    if (wanted.includes(name)) process.print(options.has('value') ? `${value}\n` : `${name}=${value}\n`)
  return 0
}

/** Strings that are printed although they are empty. */
const SHOWN_EMPTY = new Set([
  'UnitFileState',
  'FragmentPath',
  'DropInPaths',
  'StateChangeTimestamp',
  'ActiveEnterTimestamp',
  'ExecMainStartTimestamp',
  'Environment',
  'StatusText',
  'Type',
])

const EXISTING_PROPERTIES = /^[A-Z][A-Za-z]+$/

/** `systemctl cat`: the files of a unit as they are now. */
export function cat(call: SystemctlCall): number {
  const { process, systemd } = call
  for (const [index, name] of call.names.entries()) {
    const unit = systemd.fullName(name)
    const sources = systemd.sources(unit)
    if (sources === undefined) {
      process.complain(`No files found for ${unit}.\n`)
      return 1
    }
    const { LoadState, NeedDaemonReload } = systemd.properties(unit)
    if (index > 0) process.print('\n')
    if (NeedDaemonReload === 'yes') process.complain(outdated(unit))
    if (LoadState === 'masked' && sources.length === 1) process.print(`# Unit ${unit} is masked.\n`)
    else
      process.print(
        sources
          .map(({ path, text }) => `# ${path}\n${text}${text === '' || text.endsWith('\n') ? '' : '\n'}`)
          .join('\n'),
      )
  }
  return 0
}

const outdated = (
  unit: string,
): string => `# Warning: ${unit} changed on disk, the version systemd has loaded is outdated.
# This output shows the current version of the unit's original fragment and drop-in files.
# If fragments or drop-ins were added or removed, they are not properly reflected in this output.
# Run 'systemctl daemon-reload' to reload units.
`

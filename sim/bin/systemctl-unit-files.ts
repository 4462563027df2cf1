import type { SystemctlCall } from './systemctl-call.ts'
import { compareUnits, matches } from './systemctl-names.ts'

interface Row {
  readonly unit: string
  readonly state: string
  readonly preset: string
}

/** `systemctl list-unit-files`: 1 when a pattern was given and nothing fits. */
export function listUnitFiles(call: SystemctlCall): number {
  const { process, options, names } = call
  const rows = rowsOf(call)
  const heading = call.systemd.release.presetLabel.toUpperCase()
  const widths = [
    Math.max(9, ...rows.map(({ unit }) => unit.length)),
    Math.max(5, ...rows.map(({ state }) => state.length)),
  ]
  const line = (unit: string, state: string, preset: string): string =>
    `${unit.padEnd(widths[0] ?? 0)} ${state.padEnd(widths[1] ?? 0)} ${preset}\n`
  const hasLegend = !options.has('no-legend')
  if (hasLegend) process.print(line('UNIT FILE', 'STATE', heading))
  for (const { unit, state, preset } of rows) process.print(line(unit, state, preset))
  if (hasLegend) process.print(`\n${rows.length} unit files listed.\n`)
  return rows.length === 0 && names.length > 0 ? 1 : 0
}

function rowsOf({ process, systemd, options, names }: SystemctlCall): readonly Row[] {
  const states = options.values('state').flatMap(list => list.split(','))
  const types = options.values('type').flatMap(list => list.split(','))
  const files = systemd
    .unitFiles()
    .filter(unit => names.length === 0 || names.some(name => matches(name, unit)))
    .filter(unit => types.length === 0 || types.some(type => unit.endsWith(`.${type}`)))
    .map(unit => ({ unit, state: systemd.unitFileState(unit) ?? '' }))
    .filter(({ state }) => states.length === 0 || states.includes(state))
    .sort((a, b) => compareUnits(a.unit, b.unit))
  if (files.length === 0) return []
  const { presets, complaints } = systemd.unitFilePresets(files.map(({ unit }) => unit))
  for (const complaint of complaints) process.complain(`${complaint}\n`)
  return files.map((file, index) => ({
    ...file,
    preset: hasPreset(file.state) ? (presets[index] ?? '') : '-',
  }))
}

/** show_preset_for_state(): where presets have a say. */
export const hasPreset = (state: string): boolean =>
  !['', 'alias', 'static', 'generated', 'transient'].includes(state)

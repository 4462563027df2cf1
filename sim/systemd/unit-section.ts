import type { Line, Settings } from './settings.ts'
import type { Condition, UnitConfig } from './state.ts'

/** In the order of the lines; an empty assignment forgets those before, of its kind: conditions or asserts. */
export function conditionsOf(settings: Settings, lines: readonly Line[]): readonly Condition[] {
  let conditions: Condition[] = []
  for (const { section, key, value } of lines) {
    const kind = /^(?:Condition|Assert)(?=[A-Z])/.exec(key)?.[0]
    if (section !== 'Unit' || kind === undefined) continue
    if (value === '') conditions = conditions.filter(({ name }) => !name.startsWith(kind))
    else conditions.push({ name: key, value: settings.expand(value) })
  }
  return conditions
}

/** StartLimitIntervalSec= and StartLimitBurst=, under their older names too. */
export function startLimitOf(settings: Settings): UnitConfig['startLimit'] {
  const spans = [
    settings.spanNs('Unit', 'StartLimitIntervalSec'),
    settings.spanNs('Unit', 'StartLimitInterval'),
    settings.spanNs('Service', 'StartLimitInterval'),
  ]
  const number = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined)
  const bursts = [
    settings.parse('Unit', 'StartLimitBurst', 'number', number),
    settings.parse('Service', 'StartLimitBurst', 'number', number),
  ]
  const intervalNs = spans.find(span => span !== undefined) ?? 10e9
  return {
    intervalNs: Math.min(intervalNs, Number.MAX_SAFE_INTEGER),
    burst: bursts.find(burst => burst !== undefined) ?? 5,
  }
}

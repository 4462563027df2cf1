import { fnmatch } from '../formats/fnmatch.ts'

/** fnmatch(3) of a unit name; a name without type is a service. */
export function matches(pattern: string, unit: string): boolean {
  const full = /[*?[]|\.\w+$/.test(pattern) ? pattern : `${pattern}.service`
  return fnmatch(full, unit)
}

/** compare_unit_info() of src/systemctl: by the name of the type, then by the name, without regard to case. */
export function compareUnits(a: string, b: string): number {
  return compare(typeOf(a), typeOf(b)) || compare(a.toLowerCase(), b.toLowerCase())
}

const typeOf = (unit: string): string => unit.slice(unit.lastIndexOf('.') + 1)
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

import { Unsimulated } from '../../../src/host/host.ts'
import { formatGoFloat } from './decode.ts'
import { byBytes } from './encode.ts'
import { isDate, Tree } from './tree.ts'
import { type GoMap, GoTables, type GoType, type GoValue, isGoMap, type StructType } from './types.ts'

/** What `fmt` prints for a pointer inside another value; where a Go program has it is never the same twice. */
export const POINTER = '0xc000000000'

/** `%+v` of a value of a type: structs with the names of their fields, maps by sorted keys. */
export function formatGoValue(type: GoType, value: GoValue): string {
  if (type.kind === 'pointer') return value === undefined ? '<nil>' : POINTER
  if (value === undefined && type.kind === 'slice') return '[]'
  if (value === undefined && type.kind === 'map') return 'map[]'
  if (type.kind === 'struct' && isGoMap(value)) return formatStruct(type, value)
  if (type.kind === 'map' && isGoMap(value)) return formatMap(type.of, value)
  if (type.kind === 'slice' && Array.isArray(value)) {
    return `[${value.map(item => formatGoValue(type.of, item)).join(' ')}]`
  }
  return formatAny(value)
}

function formatStruct(type: StructType, value: GoMap): string {
  const fields = type.fields.map(field => `${field.name}:${formatGoValue(field.type, value.get(field.key))}`)
  return `{${fields.join(' ')}}`
}

function formatMap(of: GoType, value: GoMap): string {
  const keys = [...value.keys()].sort(byBytes)
  return `map[${keys.map(key => `${key}:${formatGoValue(of, value.get(key))}`).join(' ')}]`
}

/** A value whose type is an interface. */
function formatAny(value: GoValue): string {
  if (value === undefined) return '<nil>'
  if (isGoMap(value)) return formatMap({ kind: 'interface' }, value)
  if (value instanceof GoTables) return `[${value.items.map(formatAny).join(' ')}]`
  if (Array.isArray(value)) return `[${value.map(formatAny).join(' ')}]`
  if (typeof value === 'number') return formatGoFloat(value)
  if (isDate(value) || value instanceof Tree) throw new Unsimulated('containerd', 'printing a date')
  return String(value)
}

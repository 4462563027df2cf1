import { byBytes } from './encode.ts'
import { type GoMap, type GoType, type GoValue, isGoMap } from './types.ts'

/** `json.Marshal` of a value of a type: the fields of structs in their order, the keys of maps sorted. */
export function toJson(type: GoType, value: GoValue): string {
  if (value === undefined) return 'null'
  if (type.kind === 'struct' && isGoMap(value)) {
    const fields = type.fields.map(
      field => `${quote(field.json ?? field.key)}:${toJson(field.type, value.get(field.key))}`,
    )
    return `{${fields.join(',')}}`
  }
  if (isGoMap(value)) return mapToJson(type.kind === 'map' ? type.of : { kind: 'interface' }, value)
  if (Array.isArray(value)) {
    const of: GoType = type.kind === 'slice' ? type.of : { kind: 'interface' }
    return `[${value.map(item => toJson(of, item)).join(',')}]`
  }
  if (typeof value === 'string') return quote(value)
  return String(value)
}

function mapToJson(of: GoType, table: GoMap): string {
  const keys = [...table.keys()].sort(byBytes)
  return `{${keys.map(key => `${quote(key)}:${toJson(of, table.get(key))}`).join(',')}}`
}

/** A string, with what could end a script element escaped. */
const quote = (text: string): string =>
  JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    rune => `\\u${rune.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/**
 * The wire format of protocol buffers, as far as a handful of messages needs it: varints, and everything that has a
 * length (https://protobuf.dev/programming-guides/encoding).
 */

/** The fields of a message that are not at their default, by number. */
export type Message = readonly (readonly [field: number, value: string | number | boolean | Message])[]

/** A field as it arrived: a varint as a number, anything with a length as its bytes. */
export interface Field {
  readonly field: number
  readonly value: number | Uint8Array
}

const VARINT = 0
const LENGTH_DELIMITED = 2
/** fixed64 and fixed32: what arrives so is passed over. */
const FIXED_BYTES: ReadonlyMap<number, number> = new Map([
  [1, 8],
  [5, 4],
])

/** A message as bytes. */
export function encodeMessage(message: Message): Uint8Array {
  return Buffer.concat(
    message.map(([field, value]) => {
      if (typeof value === 'number' || typeof value === 'boolean')
        return Buffer.from([...varint(field * 8 + VARINT), ...varint(Number(value))])
      const bytes = typeof value === 'string' ? Buffer.from(value) : encodeMessage(value)
      return Buffer.concat([
        Buffer.from([...varint(field * 8 + LENGTH_DELIMITED), ...varint(bytes.length)]),
        bytes,
      ])
    }),
  )
}

/** Seven bits a byte, the lowest first; the high bit says that more follow. */
function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) + 0x80, ...varint(Math.floor(value / 0x80))]
}

/** The fields of a message, in the order in which they arrived. */
export function decodeMessage(bytes: Uint8Array): readonly Field[] {
  const fields: Field[] = []
  let at = 0
  const readVarint = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = bytes[at++]
      if (byte === undefined) throw new Error('the message ends within a number')
      value += (byte % 0x80) * scale
      if (byte < 0x80) return value
    }
  }
  while (at < bytes.length) {
    const key = readVarint()
    const [field, type] = [Math.floor(key / 8), key % 8]
    if (type === VARINT) {
      fields.push({ field, value: readVarint() })
      continue
    }
    const length = type === LENGTH_DELIMITED ? readVarint() : FIXED_BYTES.get(type)
    if (length === undefined || at + length > bytes.length) throw new Error(`field ${field} cannot be read`)
    if (type === LENGTH_DELIMITED) fields.push({ field, value: bytes.subarray(at, at + length) })
    at += length
  }
  return fields
}

/** The text of a field; empty, as protocol buffers have it, where it did not arrive. */
export const textAt = (fields: readonly Field[], field: number): string =>
  Buffer.from(bytesAt(fields, field)).toString()

/** The number of a field; 0 where it did not arrive. */
export function numberAt(fields: readonly Field[], field: number): number {
  const value = fields.findLast(one => one.field === field)?.value
  return typeof value === 'number' ? value : 0
}

/** The fields of a message within a message; undefined where it did not arrive. */
export function messageAt(fields: readonly Field[], field: number): readonly Field[] | undefined {
  return fields.some(one => one.field === field) ? decodeMessage(bytesAt(fields, field)) : undefined
}

/** A `map<string, string>`: entries of two fields, key and value. */
export function mapAt(fields: readonly Field[], field: number): Readonly<Record<string, string>> {
  const entries = fields.flatMap(one =>
    one.field === field && typeof one.value === 'object' ? [decodeMessage(one.value)] : [],
  )
  return Object.fromEntries(entries.map(entry => [textAt(entry, 1), textAt(entry, 2)]))
}

function bytesAt(fields: readonly Field[], field: number): Uint8Array {
  const value = fields.findLast(one => one.field === field)?.value
  return typeof value === 'object' ? value : new Uint8Array()
}

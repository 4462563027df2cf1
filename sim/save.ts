import { isMap, Map as PersistentMap } from 'immutable'
import { digestOfValue } from '../src/format/canonical.ts'
import type { ContentRecord, Image } from '../src/format/image.ts'
import { decodeText } from '../src/host/surrogate-escape.ts'
import { contentStore } from './fs/bytes.ts'
import { byBytes } from './fs/tree.ts'
import { bootState } from './image.ts'
import { Machine, type MachineState } from './machine.ts'

/** A machine on disk: what is different from its image, and the content that no image has. */
export interface SavedMachine {
  readonly format: 'seatrial-machine'
  readonly version: 1
  readonly image: { readonly name: string; readonly digest: string }
  readonly state: Encoded
  readonly content: Readonly<Record<string, ContentRecord>>
  /** SHA-256 (hex) of the canonical JSON of all the other fields. */
  readonly digest: string
}

/** A piece of a state as JSON; `same` is what the image has at that place. */
type Encoded =
  | null
  | string
  | number
  | boolean
  | { readonly same: true }
  | { readonly list: readonly Encoded[] }
  | { readonly set: readonly Encoded[] }
  | { readonly record: Readonly<Record<string, Encoded>> }
  | {
      readonly map: readonly (readonly [string | number, Encoded])[]
      readonly without: readonly (string | number)[]
    }

/** A saved machine that cannot be taken up; the message is for the operator. */
export class SavedMachineError extends Error {
  override readonly name = 'SavedMachineError'
}

/** Disk and live state as a value that JSON can hold. */
export function saveMachine(machine: Machine): SavedMachine {
  const contents = new Set<string>()
  const state = encode(machine.state, imageState(machine.image), contents)
  const content: Record<string, ContentRecord> = {}
  for (const id of [...contents].sort())
    if (!Object.hasOwn(machine.image.content, id)) keepContent(content, id)
  const { name, digest } = machine.image
  const saved = { format: 'seatrial-machine', version: 1, image: { name, digest }, state, content } as const
  return { ...saved, digest: digestOfValue(saved) }
}

function keepContent(content: Record<string, ContentRecord>, id: string): void {
  const bytes = contentStore.get(id)
  if (bytes === undefined || bytes.length === 0) return
  const text = decodeText(bytes)
  content[id] = text.isWellFormed()
    ? text
    : { base64: btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join('')) }
}

/** The machine that was saved. Throws `SavedMachineError` when it is damaged or another image's. */
export function resumeMachine(saved: SavedMachine, image: Image): Machine {
  const { digest, ...rest } = saved
  if (digest !== digestOfValue(rest))
    throw new SavedMachineError('it was changed after it was saved (its digest does not fit)')
  if (saved.image.digest !== image.digest)
    throw new SavedMachineError(
      `it was saved from another recording of ${saved.image.name}; that image is needed to resume it`,
    )
  contentStore.addImage(image.content)
  contentStore.addImage(saved.content)
  // The digest fits, so this is what `saveMachine` wrote.
  return Machine.resume(image, decode(saved.state, imageState(image)) as MachineState)
}

/** Whether some JSON is a saved machine, by its first fields. */
export const isSavedMachine = (value: unknown): value is SavedMachine =>
  typeof value === 'object' &&
  value !== null &&
  'format' in value &&
  value.format === 'seatrial-machine' &&
  'version' in value &&
  value.version === 1

/** The part of a state that an image gives: what differences are taken from. */
function imageState(image: Image): Readonly<Record<string, unknown>> {
  const { trees, mounts, modules, sysctl } = bootState(image)
  return { trees, mounts, modules, sysctl }
}

function encode(value: unknown, base: unknown, contents: Set<string>): Encoded {
  if (value === base && typeof value === 'object' && value !== null) return { same: true }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (isStateMap(value)) return encodeMap(value, base, contents)
  if (Array.isArray(value)) return { list: value.map(item => encode(item, undefined, contents)) }
  if (value instanceof Set) return { set: [...value].map(item => encode(item, undefined, contents)) }
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return encodeRecord(value, base, contents)
  throw new TypeError(`a machine's state cannot hold a ${Object.prototype.toString.call(value)}`)
}

/**
 * Sorted by key: the order of a persistent map tells how it came about, and that is no part of a state. Nor is that it is
 * another map than its base, where something came and went and both hold the same.
 */
function encodeMap(value: StateMap, base: unknown, contents: Set<string>): Encoded {
  const from = isStateMap(base) ? base : PersistentMap<string | number, unknown>()
  const changed = [...value].filter(([key, item]) => item !== from.get(key))
  const map = changed.map(([key, item]) => [key, encode(item, from.get(key), contents)] as const)
  const without = [...from.keys()].filter(key => !value.has(key))
  if (isStateMap(base) && map.length === 0 && without.length === 0) return { same: true }
  return { map: map.sort(([a], [b]) => byKey(a, b)), without: without.sort(byKey) }
}

type StateMap = PersistentMap<string | number, unknown>

const isStateMap = (value: unknown): value is StateMap => isMap(value)

const byKey = (a: string | number, b: string | number): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : byBytes(String(a), String(b))

function encodeRecord(value: object, base: unknown, contents: Set<string>): Encoded {
  const from: object = typeof base === 'object' && base !== null ? base : {}
  if ('content' in value && 'isElided' in value && typeof value.content === 'string')
    contents.add(value.content)
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  const before = new Map(Object.entries(from))
  return {
    record: Object.fromEntries(
      fields.map(([name, field]) => [name, encode(field, before.get(name), contents)]),
    ),
  }
}

function decode(encoded: Encoded, base: unknown): unknown {
  if (typeof encoded !== 'object' || encoded === null) return encoded
  if ('same' in encoded) return base
  if ('list' in encoded) return encoded.list.map(item => decode(item, undefined))
  if ('set' in encoded) return new Set(encoded.set.map(item => decode(item, undefined)))
  if ('record' in encoded) return decodeRecord(encoded.record, base)
  const from = isStateMap(base) ? base : PersistentMap<string | number, unknown>()
  return from.withMutations(map => {
    for (const key of encoded.without) map.delete(key)
    for (const [key, item] of encoded.map) map.set(key, decode(item, from.get(key)))
  })
}

function decodeRecord(record: Readonly<Record<string, Encoded>>, base: unknown): unknown {
  const before = new Map<string, unknown>(Object.entries(base ?? {}))
  return Object.fromEntries(
    Object.entries(record).map(([name, field]) => [name, decode(field, before.get(name))]),
  )
}

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Catalogue } from './catalogue.ts'
import type { Image } from './image.ts'

/**
 * One text for one value: keys sorted by code unit, no white space, fields that are `undefined` left out (RFC 8785
 * with the numbers that we use: integers). What JSON has no word for throws.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) return `{${members(value).join(',')}}`
  const text: string | undefined = JSON.stringify(value)
  if (text === undefined) throw new TypeError(`no JSON for a ${typeof value}`)
  return text
}

function members(value: object): string[] {
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
}

/** SHA-256 of a value's canonical JSON, in hex. */
export function digestOfValue(value: unknown): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(value))))
}

/** Gives an image the digest of all its other fields. */
export function sealImage(image: Omit<Image, 'digest' | 'catalogue'>): Image {
  return { ...image, digest: digestOfValue(image) }
}

/** Whether an image is as its recorder left it: nobody edited it by hand. */
export function verifyDigest({ digest, catalogue: _, ...fields }: Image): boolean {
  return digest === digestOfValue(fields)
}

/** Gives a catalogue the digest of all its other fields. */
export function sealCatalogue(catalogue: Omit<Catalogue, 'digest'>): Catalogue {
  return { ...catalogue, digest: digestOfValue(catalogue) }
}

/** Whether a catalogue is as its recorder left it. */
export function verifyCatalogue({ digest, ...fields }: Catalogue): boolean {
  return digest === digestOfValue(fields)
}

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { Volume } from 'memfs'
import type { ContentRecord } from '../../src/format/image.ts'
import { encodeText } from '../../src/host/surrogate-escape.ts'

/** The first 32 hex digits of the content's SHA-256: how images and inodes name bytes. */
export type ContentId = string

export const EMPTY_CONTENT: ContentId = 'e3b0c44298fc1c149afbf4c8996fb924'

const MAX_READ = 1024

/**
 * Every file content that any simulated machine of this process ever had, by its digest. Content is immutable and
 * shared: a fork costs nothing here, and equal files are one entry. memfs holds the bytes; nothing else touches it.
 */
class ContentStore {
  readonly #volume = new Volume()
  readonly #known = new Set<ContentId>()
  /** What was read lately. */
  readonly #read = new Map<ContentId, Uint8Array>()
  readonly #images: Readonly<Record<ContentId, ContentRecord>>[] = []
  readonly #seenImages = new WeakSet<object>()

  /** Keeps bytes; the same bytes give the same id. */
  put(bytes: Uint8Array): ContentId {
    if (bytes.length === 0) return EMPTY_CONTENT
    const id = bytesToHex(sha256(bytes).subarray(0, 16))
    if (!this.#known.has(id)) this.#write(id, bytes)
    return id
  }

  /** The bytes of an id; undefined when no image brought them and nobody wrote them (elided). */
  get(id: ContentId): Uint8Array | undefined {
    if (id === EMPTY_CONTENT) return new Uint8Array()
    const read = this.#read.get(id)
    if (read !== undefined) return read.slice()
    if (!this.#known.has(id) && !this.#takeFromImage(id)) return undefined
    const stored = this.#volume.readFileSync(`/${id}`)
    const bytes = typeof stored === 'string' ? encodeText(stored) : new Uint8Array(stored)
    if (this.#read.size >= MAX_READ) this.#read.clear()
    this.#read.set(id, bytes)
    return bytes.slice()
  }

  has(id: ContentId): boolean {
    return id === EMPTY_CONTENT || this.#known.has(id) || this.#images.some(image => Object.hasOwn(image, id))
  }

  /** Makes an image's content available; it is decoded when it is first read. */
  addImage(content: Readonly<Record<ContentId, ContentRecord>>): void {
    if (this.#seenImages.has(content)) return
    this.#seenImages.add(content)
    this.#images.push(content)
  }

  #takeFromImage(id: ContentId): boolean {
    for (const image of this.#images) {
      const record = Object.hasOwn(image, id) ? image[id] : undefined
      if (record === undefined) continue
      this.#write(id, typeof record === 'string' ? encodeText(record) : decodeBase64(record.base64))
      return true
    }
    return false
  }

  #write(id: ContentId, bytes: Uint8Array): void {
    this.#volume.writeFileSync(`/${id}`, bytes)
    this.#known.add(id)
  }
}

/** Bytes of a base64 text. */
export function decodeBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), character => character.charCodeAt(0))
}

/** The one store of the process; ids are digests, so sharing cannot be observed. */
export const contentStore = new ContentStore()

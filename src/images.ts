import { readdir, readFile } from 'node:fs/promises'
import type { Image } from './format/image.ts'
import { basisOf, type SharedContent, type StoredImage, unpackImage } from './format/image-store.ts'

/** Base images, beside the simulator in the sources and in the package alike. */
const IMAGES = new URL('../sim/images/', import.meta.url)

/** Content of the files of all images; in a folder of its own, so that each file beside it is an image. */
export const CONTENT_FILE = 'content/content.json'

/** The names of the images that come with Seatrial. */
export async function imageNames(): Promise<readonly string[]> {
  const files = await readdir(IMAGES)
  return files
    .filter(file => file.endsWith('.json'))
    .map(file => file.slice(0, -'.json'.length))
    .sort()
}

/** Images that were read: parsing one takes longer than booting a machine of it, and machines of one image share its state. */
const images = new Map<string, Promise<Image>>()
let content: Promise<SharedContent> | undefined

/** An image that is among `imageNames()`. The same value for the same name. */
export function loadImage(name: string): Promise<Image> {
  const image = images.get(name) ?? unpacked(name)
  images.set(name, image)
  return image
}

async function unpacked(name: string): Promise<Image> {
  content ??= parsed<SharedContent>(CONTENT_FILE)
  const stored = await parsed<StoredImage>(`${name}.json`)
  const basis = basisOf(stored)
  const files = basis === undefined ? [] : (await loadImage(basis)).files
  return unpackImage(stored, await content, () => files)
}

const parsed = async <T>(file: string): Promise<T> =>
  JSON.parse(await readFile(new URL(file, IMAGES), 'utf8'))

import { readdir, readFile } from 'node:fs/promises'
import { type Catalogue, catalogueName } from './format/catalogue.ts'
import type { Image } from './format/image.ts'
import { basisOf, type Content, contentNames, type StoredImage, unpackImage } from './format/image-store.ts'

/** Base images, beside the simulator in the sources and in the package alike. */
const IMAGES = new URL('../sim/images/', import.meta.url)

/** Content of the files of images, in a folder of its own, so that each file beside it is an image. */
export const contentFile = (name: string): string => `content/${name}.json`

/** What the archive has for the hosts of each release, a file each. */
export const CATALOGUES = 'catalogues/'

/** A folder of images: those that come with Seatrial, or that a recorder writes to. */
export class ImageFolder {
  readonly #folder: URL
  /** Parsing one takes longer than booting a machine of it, and machines of one image share its state. */
  readonly #images = new Map<string, Promise<Image>>()
  readonly #catalogues = new Map<string, Promise<Catalogue | undefined>>()
  readonly #contents = new Map<string, Promise<Content>>()

  constructor(folder: URL) {
    this.#folder = folder
  }

  /** Sorted. */
  async names(): Promise<readonly string[]> {
    const files = await readdir(this.#folder)
    return files
      .filter(file => file.endsWith('.json'))
      .map(file => file.slice(0, -'.json'.length))
      .sort()
  }

  /** An image that is among the names. The same value for the same name. */
  load(name: string): Promise<Image> {
    const image = this.#images.get(name) ?? this.#unpacked(name)
    this.#images.set(name, image)
    return image
  }

  async #unpacked(name: string): Promise<Image> {
    const contents = Promise.all(contentNames(name).map(own => this.#content(own)))
    const stored = await this.#parsed<StoredImage>(`${name}.json`)
    const basis = basisOf(stored)
    const files = basis === undefined ? [] : (await this.load(basis)).files
    const image = unpackImage(stored, await contents, () => files)
    const catalogue = await this.#catalogue(catalogueName(image))
    return catalogue === undefined ? image : { ...image, catalogue }
  }

  #content(name: string): Promise<Content> {
    const content = this.#contents.get(name) ?? this.#parsed<Content>(contentFile(name))
    this.#contents.set(name, content)
    return content
  }

  /** A release's; undefined where none was recorded. */
  #catalogue(name: string): Promise<Catalogue | undefined> {
    const catalogue =
      this.#catalogues.get(name) ?? this.#parsedIfThere<Catalogue>(`${CATALOGUES}${name}.json`)
    this.#catalogues.set(name, catalogue)
    return catalogue
  }

  async #parsedIfThere<T>(file: string): Promise<T | undefined> {
    try {
      return await this.#parsed<T>(file)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw error
    }
  }

  async #parsed<T>(file: string): Promise<T> {
    return JSON.parse(await readFile(new URL(file, this.#folder), 'utf8'))
  }
}

const shipped = new ImageFolder(IMAGES)

/** The names of the images that come with Seatrial. */
export const imageNames = (): Promise<readonly string[]> => shipped.names()

/** One of them. The same value for the same name. */
export const loadImage = (name: string): Promise<Image> => shipped.load(name)

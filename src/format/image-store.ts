import type { ContentRecord, FileLine, Image } from './image.ts'

/**
 * An image as it lies among others: without the content of files, which all of them share, and with the list of
 * files, where another image has nearly the same, as a difference to that one.
 */
export interface StoredImage extends Omit<Image, 'content' | 'files' | 'catalogue'> {
  readonly files: readonly FileLine[] | FilesLike
}

/** The list of files of another image, changed. */
export interface FilesLike {
  /** The image's name. */
  readonly like: string
  /**
   * What makes of that list this one, read from top to bottom: `copy N` takes the next N lines, `skip N` leaves them out,
   * anything else is a line of its own.
   */
  readonly edits: readonly string[]
}

/** Content of files by digest. */
export type Content = Readonly<Record<string, ContentRecord>>

export interface PackedImages {
  readonly images: readonly StoredImage[]
  /** By what `contentNames` gives: what one release alone has, and what several have. */
  readonly content: ReadonlyMap<string, Content>
}

/** Content that images of more than one release have. */
const SHARED = 'shared'

/** `debian-12` of a machine and of a container. */
const releaseOf = (imageName: string): string => imageName.replace(/-container$/, '')

/** Where the content of an image's files lies: a run on one release does without reading that of the others. */
export const contentNames = (imageName: string): readonly [string, string] => [SHARED, releaseOf(imageName)]

/** Stores what is equal once: content of all images, and the files of a container as those of its release's machine. */
export function packImages(images: readonly Image[]): PackedImages {
  const byName = new Map(images.map(image => [image.name, image]))
  return {
    images: images.map(({ content: _, catalogue: __, ...image }) => {
      const base = byName.get(releaseOf(image.name))
      if (base === undefined || base.name === image.name) return image
      return { ...image, files: { like: base.name, edits: editsOf(base.files, image.files) } }
    }),
    content: sharedOut(images),
  }
}

function sharedOut(images: readonly Image[]): ReadonlyMap<string, Content> {
  const owners = new Map<string, string>()
  for (const { name, content } of images)
    for (const digest of Object.keys(content)) {
      const owner = releaseOf(name)
      owners.set(digest, (owners.get(digest) ?? owner) === owner ? owner : SHARED)
    }
  const names = new Set([SHARED, ...images.map(image => releaseOf(image.name))])
  const stores = new Map([...names].map((name): [string, Record<string, ContentRecord>] => [name, {}]))
  const records = images.flatMap(image => Object.entries(image.content))
  for (const [digest, record] of records.sort(([a], [b]) => (a < b ? -1 : 1))) {
    const store = stores.get(owners.get(digest) ?? SHARED)
    if (store !== undefined) store[digest] = record
  }
  return stores
}

/** The image that was packed; `filesOf` gives the list of the image that its files are like. */
export function unpackImage(
  stored: StoredImage,
  contents: readonly Content[],
  filesOf: (name: string) => readonly FileLine[],
): Image {
  const files = isList(stored.files) ? stored.files : edited(filesOf(stored.files.like), stored.files.edits)
  const content: Record<string, ContentRecord> = {}
  for (const line of files) {
    const digest = digestOf(line)
    const record = contents.find(one => Object.hasOwn(one, digest))?.[digest]
    if (record !== undefined) content[digest] = record
  }
  return { ...stored, files, content }
}

/** The name of the image whose files are needed to unpack this one. */
export const basisOf = ({ files }: StoredImage): string | undefined =>
  isList(files) ? undefined : files.like

const isList = (files: StoredImage['files']): files is readonly FileLine[] => Array.isArray(files)

const digestOf = (line: FileLine): string => line.split(' ', 7)[6] ?? ''

/** Both lists are sorted alike: a line that both have is found further on, never behind. */
function editsOf(base: readonly FileLine[], files: readonly FileLine[]): readonly string[] {
  const indexes = new Map(base.map((line, index) => [line, index]))
  const edits: string[] = []
  let at = 0
  let copied = 0
  const flush = (): void => {
    if (copied > 0) edits.push(`copy ${copied}`)
    copied = 0
  }
  for (const line of files) {
    const index = indexes.get(line)
    if (index === undefined || index < at) {
      flush()
      edits.push(line)
      continue
    }
    if (index > at) {
      flush()
      edits.push(`skip ${index - at}`)
    }
    copied++
    at = index + 1
  }
  flush()
  return edits
}

function edited(base: readonly FileLine[], edits: readonly string[]): readonly FileLine[] {
  const lines: FileLine[] = []
  let at = 0
  for (const edit of edits) {
    const [, verb, count] = /^(copy|skip) (\d+)$/.exec(edit) ?? []
    if (verb === undefined) lines.push(edit)
    else {
      if (verb === 'copy') for (const line of base.slice(at, at + Number(count))) lines.push(line)
      at += Number(count)
    }
  }
  return lines
}

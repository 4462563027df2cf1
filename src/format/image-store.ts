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

/** Content of files by digest, of all images. */
export type SharedContent = Readonly<Record<string, ContentRecord>>

export interface PackedImages {
  readonly images: readonly StoredImage[]
  readonly content: SharedContent
}

/** Stores what is equal once: content of all images, and the files of a container as those of its release's machine. */
export function packImages(images: readonly Image[]): PackedImages {
  const digests = images.flatMap(image => Object.entries(image.content))
  const byName = new Map(images.map(image => [image.name, image]))
  return {
    images: images.map(({ content: _, catalogue: __, ...image }) => {
      const base = byName.get(image.name.replace(/-container$/, ''))
      if (base === undefined || base.name === image.name) return image
      return { ...image, files: { like: base.name, edits: editsOf(base.files, image.files) } }
    }),
    content: Object.fromEntries(digests.sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** The image that was packed; `filesOf` gives the list of the image that its files are like. */
export function unpackImage(
  stored: StoredImage,
  shared: SharedContent,
  filesOf: (name: string) => readonly FileLine[],
): Image {
  const files = isList(stored.files) ? stored.files : edited(filesOf(stored.files.like), stored.files.edits)
  const content: Record<string, ContentRecord> = {}
  for (const line of files) {
    const digest = digestOf(line)
    const record = shared[digest]
    if (record !== undefined && Object.hasOwn(shared, digest)) content[digest] = record
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

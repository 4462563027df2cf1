import { existsSync, readFileSync } from 'node:fs'
import { type BootOptions, Machine, type RunOptions } from '../sim/machine.ts'
import { type Catalogue, catalogueName } from '../src/format/catalogue.ts'
import type { Image } from '../src/format/image.ts'
import { type Content, contentNames, type StoredImage, unpackImage } from '../src/format/image-store.ts'
import { decodeText, encodeText } from '../src/host/surrogate-escape.ts'
import { CATALOGUES, contentFile } from '../src/images.ts'

const images = new Map<string, Image>()

/** A base image by name, parsed once. */
export function imageOf(name: string): Image {
  const known = images.get(name)
  if (known !== undefined) return known
  const image = readImageNow(name)
  images.set(name, image)
  return image
}

const contents = new Map<string, Content>()

/** A base image by name, read anew. */
export function readImageNow(name: string): Image {
  const stored = parse<StoredImage>(`${name}.json`)
  const image = unpackImage(stored, contentNames(name).map(contentOf), basis => imageOf(basis).files)
  const catalogue = `${CATALOGUES}${catalogueName(image)}.json`
  return existsSync(urlOf(catalogue)) ? { ...image, catalogue: parse<Catalogue>(catalogue) } : image
}

function contentOf(name: string): Content {
  const content = contents.get(name) ?? parse<Content>(contentFile(name))
  contents.set(name, content)
  return content
}

const urlOf = (file: string): URL => new URL(`../sim/images/${file}`, import.meta.url)

const parse = <T>(file: string): T => JSON.parse(readFileSync(urlOf(file), 'utf8'))

/** A fresh machine of an image, booted. */
export const boot = (name: string, options: BootOptions = {}): Promise<Machine> =>
  Machine.boot(imageOf(name), options)

/** What a program said, as text: what a person would see. */
export interface Said {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs one program on a machine. */
export async function run(
  machine: Machine,
  argv: readonly [string, ...string[]],
  options: RunOptions = {},
): Promise<Said> {
  const { exitCode, stdout, stderr } = await machine.run(argv, options)
  return { exitCode, stdout: decodeText(stdout), stderr: decodeText(stderr) }
}

/** Puts a file there, with its directories. */
export function put(machine: Machine, path: string, text: string, mode = 0o644): void {
  const { fs, rootCaller } = machine
  const names = path.split('/').slice(1, -1)
  for (const depth of names.keys()) {
    const directory = `/${names.slice(0, depth + 1).join('/')}`
    if (!fs.canAccess(rootCaller, directory, 'exists')) fs.mkdir(rootCaller, directory, 0o755)
  }
  const file = fs.open(rootCaller, path, { write: true, create: true, truncate: true }, mode)
  file.hold()
  file.write(encodeText(text))
  file.release()
}

/** A file's text. */
export function text(machine: Machine, path: string): string {
  const file = machine.fs.open(machine.rootCaller, path, { read: true }, 0)
  return decodeText(file.read(1 << 24) ?? new Uint8Array())
}

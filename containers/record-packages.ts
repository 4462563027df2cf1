import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { sealCatalogue } from '../src/format/canonical.ts'
import { type Catalogue, catalogueName } from '../src/format/catalogue.ts'
import { CATALOGUES, ImageFolder } from '../src/images.ts'
import { withArchive } from './archive.ts'
import { parseCatalogueList, recordArchive } from './recording/catalogue.ts'
import { layOut } from './recording/layout.ts'
import { readRelease, releaseNames } from './release.ts'
import { sourceDirectory } from './source-directory.ts'

const COMMAND = 'npm run record:packages'

const images = join(sourceDirectory, '..', 'sim', 'images')

/** Records what the archive has for the hosts of a release, on a machine that reaches the archive. */
export async function recordCatalogue(name: string): Promise<Catalogue> {
  const release = readRelease(name)
  const list = parseCatalogueList(readFileSync(join(sourceDirectory, 'catalogue.txt'), 'utf8'))
  const installed = await installedOn(name)
  const scratch = mkdtempSync(join(tmpdir(), 'seatrial-packages-'))
  try {
    const recorded = await withArchive(release, archive =>
      recordArchive(archive, list, { suite: release.suite, installed, scratch }),
    )
    const provenance = { kind: 'archive', recordedAt: new Date().toISOString(), command: COMMAND } as const
    return sealCatalogue({ format: 'seatrial-catalogue', version: 1, name, provenance, ...recorded })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** The packages that every image of a release has. */
async function installedOn(name: string): Promise<ReadonlySet<string>> {
  const folder = new ImageFolder(pathToFileURL(`${images}/`))
  const ofRelease = (await folder.names()).filter(image => catalogueName({ name: image }) === name)
  const loaded = await Promise.all(ofRelease.map(image => folder.load(image)))
  const [first = [], ...others] = loaded.map(image => image.packages.map(item => item.name))
  return new Set(first.filter(item => others.every(names => names.includes(item))))
}

/** `node record-packages.js [NAME…]`: all releases unless said otherwise. */
async function main(names: readonly string[]): Promise<void> {
  const folder = join(images, CATALOGUES)
  mkdirSync(folder, { recursive: true })
  for (const name of names.length > 0 ? names : releaseNames()) {
    process.stdout.write(`${name}\n`)
    writeFileSync(join(folder, `${name}.json`), `${layOut(await recordCatalogue(name), 3)}\n`)
  }
}

if (process.argv[1] === import.meta.filename) await main(process.argv.slice(2))

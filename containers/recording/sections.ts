import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mustRun } from '../command.ts'

/** What `collect.sh` brought, unpacked: named sections, and the files whose content was taken. */
export interface Collected {
  /** Names of the sections, sorted. */
  readonly names: readonly string[]
  /** A section's text; throws where there is none. */
  text(name: string): string
  /** A section's text, or undefined where the system had nothing for it. */
  optionalText(name: string): string | undefined
  /** A file's bytes, undefined where its content was not taken. */
  content(path: string): Buffer | undefined
}

/** Unpacks a gzipped tar of `collect.sh` for as long as `body` reads from it. */
export async function withCollected<T>(tar: Buffer, body: (collected: Collected) => T): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'seatrial-record-'))
  try {
    await mustRun(['tar', '-xz', '--no-same-owner', '--no-same-permissions', '-C', directory], { stdin: tar })
    const names = (await mustRun(['ls', join(directory, 'sections')])).split('\n').filter(name => name !== '')
    return body(open(directory, names))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function open(directory: string, names: readonly string[]): Collected {
  const section = (name: string) => join(directory, 'sections', name)
  const text = (name: string) => readFileSync(section(name), 'latin1')
  return {
    names: [...names].sort(),
    text,
    optionalText: name => (existsSync(section(name)) ? text(name) : undefined),
    content: path => {
      const taken = join(directory, path)
      return existsSync(taken) ? readFileSync(taken) : undefined
    },
  }
}

/** The fields of a section whose every field ends with NUL, `width` to a row. */
export function rowsOf(section: string, width: number): string[][] {
  const fields = section.split('\0')
  fields.pop()
  if (fields.length % width !== 0) throw new Error(`${fields.length} fields are no rows of ${width}`)
  return Array.from({ length: fields.length / width }, (_, row) =>
    fields.slice(row * width, (row + 1) * width),
  )
}

/** Bytes that were read as Latin-1, as the UTF-8 text they are. */
export function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8')
}

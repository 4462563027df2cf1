import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readImage } from '../../src/hosts.ts'
import { imageNames } from '../../src/images.ts'
import { describeContainer } from '../real.ts'

const notice = readFileSync(new URL('../../NOTICE', import.meta.url), 'utf8')

const words = new Set(notice.split(/[\s,]+/))

/** Paths of an image's regular files whose content was recorded, as both sides of the merged /usr spell them. */
function recordedPaths(files: readonly string[]): readonly string[] {
  return files
    .map(line => line.split(' '))
    .filter(([type, , , , , , digest]) => type === '-' && digest !== '-')
    .map(words => words.slice(7).join(' '))
    .flatMap(path => (path.startsWith('/usr/') ? [path, path.slice('/usr'.length)] : [path]))
}

await describeContainer('debian-12', 'NOTICE', container => {
  test('names every package whose text is in an image', async () => {
    const images = await Promise.all((await imageNames()).map(readImage))
    const paths = [...new Set(images.flatMap(image => recordedPaths(image.files)))]
    const { stdout } = await container().exec(['dpkg-query', '-S', ...paths])
    const owners = String(stdout)
      .split('\n')
      .flatMap(line => /^([^:]+)(?::\w+)?: \//.exec(line)?.[1] ?? [])
    expect(owners.length).toBeGreaterThan(0)
    expect([...new Set(owners)].filter(name => !words.has(name))).toEqual([])
  })
})

test('NOTICE names every package that an image or a catalogue knows', async () => {
  const images = await Promise.all((await imageNames()).map(readImage))
  const names = images.flatMap(({ packages, catalogue }) => [
    ...packages.map(({ name }) => name),
    ...(catalogue?.packages ?? []).map(({ name }) => name),
  ])
  expect([...new Set(names)].filter(name => !words.has(name))).toEqual([])
})

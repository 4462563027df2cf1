import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Image } from '../../../../src/format/image.ts'
import {
  basisOf,
  type Content,
  contentNames,
  packImages,
  unpackImage,
} from '../../../../src/format/image-store.ts'
import { readImageNow } from '../../../simulated.ts'

const { catalogue: _, ...base } = readImageNow('debian-12')

/** An image with these files, each of which has its own path for content. */
function imageOf(name: string, paths: readonly string[]): Image {
  const sorted = [...new Set(paths)].sort()
  const digest = (path: string): string => path.padEnd(32, '0')
  return {
    ...base,
    name,
    files: sorted.map(path => `- 0644 0 0 0 ${path.length} ${digest(path)} /${path}`),
    content: Object.fromEntries(sorted.map(path => [digest(path), path])),
  }
}

test('what was packed is unpacked as it was, whatever two hosts have in common', () => {
  const paths = fc.array(fc.stringMatching(/^[a-f]{1,3}$/), { maxLength: 30 })
  fc.assert(
    fc.property(paths, paths, (machine, container) => {
      const images = [imageOf('debian-12', machine), imageOf('debian-12-container', container)]
      const { images: stored, content } = packImages(images)
      const filesOf = (name: string) => images.find(image => image.name === name)?.files ?? []
      const contentsOf = (name: string): Content[] => contentNames(name).map(own => content.get(own) ?? {})
      expect(stored.map(image => unpackImage(image, contentsOf(image.name), filesOf))).toEqual(images)
    }),
  )
})

test('a container’s files are stored as a difference to those of its release’s machine', () => {
  const images = [imageOf('debian-12', ['a', 'b', 'c']), imageOf('debian-12-container', ['a', 'c', 'd'])]
  const [machine, container] = packImages(images).images
  expect(machine === undefined || basisOf(machine)).toBeUndefined()
  expect(container?.files).toEqual({
    like: 'debian-12',
    edits: ['copy 1', 'skip 1', 'copy 1', `- 0644 0 0 0 1 ${'d'.padEnd(32, '0')} /d`],
  })
})

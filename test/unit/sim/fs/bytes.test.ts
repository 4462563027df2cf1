import fc from 'fast-check'
import { expect, it } from 'vitest'
import { contentStore, decodeBase64, EMPTY_CONTENT } from '../../../../sim/fs/bytes.ts'

it('bytes come back as they were put, and equal bytes are one content', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
      const id = contentStore.put(bytes)
      expect(contentStore.put(bytes.slice())).toBe(id)
      expect(contentStore.get(id)).toEqual(bytes)
    }),
  )
})

it('what was put cannot be changed by who put it or who got it', () => {
  const bytes = Uint8Array.of(1, 2, 3)
  const id = contentStore.put(bytes)
  bytes[0] = 9
  contentStore.get(id)?.fill(9)
  expect(contentStore.get(id)).toEqual(Uint8Array.of(1, 2, 3))
})

it('no content is the empty one, and one that nobody has is elided', () => {
  expect(contentStore.put(new Uint8Array())).toBe(EMPTY_CONTENT)
  expect(contentStore.get('-')).toBeUndefined()
  expect(contentStore.has('-')).toBe(false)
})

it("an image's content is there as soon as the image is, as text or as base64", () => {
  const [text, binary] = ['bytes-test-text', 'bytes-test-binary']
  contentStore.addImage({ [text]: 'é', [binary]: { base64: '/wA=' } })
  expect(contentStore.has(text)).toBe(true)
  expect(contentStore.get(text)).toEqual(Uint8Array.of(0xc3, 0xa9))
  expect(contentStore.get(binary)).toEqual(Uint8Array.of(255, 0))
  expect(decodeBase64('AAEC')).toEqual(Uint8Array.of(0, 1, 2))
})

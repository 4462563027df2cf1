import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decodeMessage,
  encodeMessage,
  mapAt,
  messageAt,
  numberAt,
  textAt,
} from '../../../../containers/cri/protobuf.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

test('the examples of the encoding guide come out as they stand there', () => {
  expect(hex(encodeMessage([[1, 150]]))).toBe('089601')
  expect(hex(encodeMessage([[2, 'testing']]))).toBe('120774657374696e67')
  expect(hex(encodeMessage([[3, [[1, 150]]]]))).toBe('1a03089601')
})

test('what goes in comes out', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0 }),
      fc.string({ unit: 'binary' }),
      fc.integer({ min: 1, max: 5000 }),
      (n, text, field) => {
        const fields = decodeMessage(
          encodeMessage([
            [
              field,
              [
                [1, n],
                [2, text],
              ],
            ],
          ]),
        )
        const inner = messageAt(fields, field) ?? []
        expect([numberAt(inner, 1), textAt(inner, 2)]).toEqual([n, text])
      },
    ),
  )
})

test('a field that did not arrive has its default, and a message is told apart from an empty one', () => {
  expect([numberAt([], 1), textAt([], 1), messageAt([], 1)]).toEqual([0, '', undefined])
  expect(messageAt(decodeMessage(encodeMessage([[1, []]])), 1)).toEqual([])
})

test('a map is a field of keys and values that comes again', () => {
  const map = encodeMessage([
    [
      2,
      [
        [1, 'a'],
        [2, 'x'],
      ],
    ],
    [
      2,
      [
        [1, 'b'],
        [2, 'y'],
      ],
    ],
  ])
  expect(mapAt(decodeMessage(map), 2)).toEqual({ a: 'x', b: 'y' })
})

test('fixed32 and fixed64 are passed over, and a message that is cut off is refused', () => {
  const fixed = Buffer.from('0d01000000' + '110100000000000000' + '1803', 'hex')
  expect(decodeMessage(fixed)).toEqual([{ field: 3, value: 3 }])
  expect(() => decodeMessage(Buffer.from('1207746573', 'hex'))).toThrow('field 2 cannot be read')
  expect(() => decodeMessage(Buffer.from('0896', 'hex'))).toThrow('ends within a number')
})

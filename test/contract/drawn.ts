import fc from 'fast-check'
import { decodeText } from '../../src/host/surrogate-escape.ts'

/** Bytes that shells, quoting and framing are known to stumble over, beside all others. */
const awkward = [
  ...'\'"\\$`!*?[]{}()<>|&;~# \t\n\r=%-+/.',
  '\u0001',
  '\u007f',
  '\u0081',
  '\u0088',
  '\u00ff',
].map(character => character.charCodeAt(0))

const byte = fc.oneof(fc.integer({ min: 1, max: 255 }), fc.constantFrom(...awkward))

/** Any bytes but NUL, as the port spells them. */
export const word: fc.Arbitrary<string> = fc
  .array(byte, { maxLength: 40 })
  .map(bytes => decodeText(Uint8Array.from(bytes)))

/** A name in a directory. */
export const fileName: fc.Arbitrary<string> = fc
  .array(
    byte.filter(one => one !== 0x2f),
    { minLength: 1, maxLength: 40 },
  )
  .map(bytes => decodeText(Uint8Array.from(bytes)))
  .filter(name => name !== '.' && name !== '..')

/** Any bytes at all, and what looks like our own framing. */
export const content: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .constantFrom('', '\n', 'ok\n', 'end\n', '==> /etc/hosts <==\n', "head: cannot open '/': x\n", '\0\0')
    .map(text => new Uint8Array(Buffer.from(text))),
)

/** So many draws, the same ones in each run: they travel together, a few batches for hundreds. */
export const draws = <T>(arbitrary: fc.Arbitrary<T>, count: number): readonly T[] =>
  fc.sample(arbitrary, { numRuns: count, seed: 20_240_229 })

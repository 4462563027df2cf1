import { expect, test } from 'vitest'
import { recordContainer } from '../../containers/record.ts'
import { settledPart } from '../../containers/recording/settled.ts'
import { verifyDigest } from '../../src/format/canonical.ts'
import { describeContainer } from '../real.ts'
import { imageOf } from '../simulated.ts'

const committed = imageOf('debian-12-container')

await describeContainer('debian-12', 'the image of the container', () => {
  test('recorded again from the same packages it says the same', async context => {
    const again = await recordContainer('debian-12')
    expect(verifyDigest(again)).toBe(true)
    const [recorded, found] = [settledPart(committed), settledPart(again)]
    const moved = found.packages.filter(line => !recorded.packages.includes(line))
    if (moved.length > 0) context.skip(`Debian has newer packages than the image: ${moved.join(', ')}`)
    expect(found).toEqual(recorded)
  })
})

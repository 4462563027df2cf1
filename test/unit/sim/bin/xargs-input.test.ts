import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('quotes keep blanks in an argument of xargs', async () => {
  expect(await out('echo "a \'b c\'" | xargs -n 1 echo')).toBe('a\nb c\n')
})

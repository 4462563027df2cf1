import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('/bin/echo expands escapes with -e alone', async () => {
  expect(await out("/bin/echo 'a\\tb'; /bin/echo -e 'a\\tb'")).toBe('a\\tb\na\tb\n')
})

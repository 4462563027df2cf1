import { expect, it } from 'vitest'
import { Unsimulated } from '../../../../src/host/host.ts'
import { out, sh } from '../bare-machine.ts'

it('awk prints the field of a line', async () => {
  expect(await out("printf 'a b\\nc d\\n' | awk 'NR == 2 { print $2 }'")).toBe('d\n')
})

it.each([
  'BEGIN { printf "%c", 65 }',
  '/a{2}/',
  'BEGIN { a["x"]; print length(a) }',
  'BEGIN { print "a" < "b" }',
  'BEGIN { system("true") }',
])('what mawk is known to answer otherwise is not simulated: %s', async text => {
  await expect(sh(`awk '${text}' < /dev/null`)).rejects.toThrow(Unsimulated)
})

it('awk reads a file with getline', async () => {
  expect(await out('echo x > f; awk \'BEGIN { while ((getline l < "f") > 0) print l }\'')).toBe('x\n')
})

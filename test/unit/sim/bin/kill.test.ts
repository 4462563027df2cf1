import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('/bin/kill ends a process', async () => {
  expect(await out('sleep 100 & /bin/kill $!; wait $!; echo $?')).toBe('143\n')
})

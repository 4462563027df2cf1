import { expect, it } from 'vitest'
import { out } from '../bare-machine.ts'

it('swapon without arguments says nothing where there is no swap', async () => {
  expect(await out('swapon; swapon --show; echo $?')).toBe('0\n')
})

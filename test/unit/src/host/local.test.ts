import { expect, test } from 'vitest'
import { openLocalHost } from '../../../../src/host/local.ts'

test('the local host is this machine', async () => {
  const [reply] = await openLocalHost().send([{ kind: 'read', path: `/proc/${process.pid}/comm` }])
  expect(reply).toMatchObject({ kind: 'read', stat: { type: 'file' } })
})

test('a shell that is not there makes the local host unreachable', async () => {
  await expect(openLocalHost('no-such-shell').send([{ kind: 'exec', argv: ['true'] }])).rejects.toMatchObject(
    {
      reason: 'unreachable',
      message: 'local:: no-such-shell cannot be started: ENOENT',
    },
  )
})

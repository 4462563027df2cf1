import { expect, test } from 'vitest'
import { HostError, type Request, Unsimulated } from '../../../../src/host/host.ts'
import { openLocalHost } from '../../../../src/host/local.ts'
import { type RoundTrip, recordHost } from '../../../../src/host/recorder.ts'
import { openHost } from '../../../../src/hosts.ts'

const read: Request = { kind: 'read', path: '/proc/sys/kernel/ostype' }

test('a recorded host answers as the host does, and every round trip is told', async () => {
  const trips: RoundTrip[] = []
  const host = recordHost(openLocalHost(), trip => trips.push(trip))
  const replies = await host.send([read], { stopAtFailure: true, signal: new AbortController().signal })
  expect(host.name).toBe('local:')
  expect(replies).toMatchObject([{ kind: 'read' }])
  expect(trips).toEqual([{ batch: [read], options: { stopAtFailure: true }, replies }])
})

test('a round trip that failed is told with its reason, and fails for the caller too', async () => {
  const trips: RoundTrip[] = []
  const host = recordHost(openLocalHost(), trip => trips.push(trip))
  await host.close()
  await expect(host.send([read])).rejects.toThrow(HostError)
  expect(trips).toMatchObject([{ batch: [read], replies: [], error: { reason: 'closed' } }])
})

test('a round trip that met what is not simulated is told with what it was', async () => {
  const trips: RoundTrip[] = []
  const host = recordHost(await openHost('sim:debian-12'), trip => trips.push(trip))
  const exec: Request = { kind: 'exec', argv: ['iptables', '-L'] }
  await expect(host.send([read, exec])).rejects.toThrow(Unsimulated)
  expect(trips).toEqual([
    {
      batch: [read, exec],
      options: {},
      replies: [],
      error: { reason: 'unsimulated', message: expect.stringMatching(/^iptables: .* is not simulated$/) },
    },
  ])
})

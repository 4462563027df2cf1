import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { DEFAULT_NODE_CONFIG, readNodeConfig } from '../../../../src/config/node-config.ts'
import { apply, plan, verify } from '../../../../src/engine/engine.ts'
import type { EngineEvent } from '../../../../src/engine/observer.ts'
import {
  type Host,
  HostError,
  type Reply,
  type Request,
  type SendOptions,
} from '../../../../src/host/host.ts'
import { encodeText } from '../../../../src/host/surrogate-escape.ts'
import { factNames, readCase } from '../../../cases/facts/fact-case.ts'

interface Trip {
  readonly batch: readonly Request[]
  readonly options: SendOptions
}

type Answer = (batch: readonly Request[]) => readonly Reply[]

/** Answers one round trip after the other; what is not expected is an error. */
function scriptedHost(...answers: readonly Answer[]): { readonly host: Host; readonly trips: Trip[] } {
  const trips: Trip[] = []
  const host: Host = {
    name: 'scripted',
    async send(batch, options = {}) {
      const answer = answers[trips.length]
      trips.push({ batch, options })
      if (answer === undefined) throw new Error('a round trip too many')
      return answer(batch)
    },
    async close() {},
  }
  return { host, trips }
}

/** All facts as a real container gave them. */
const gathered =
  (scenario: string): Answer =>
  batch => {
    const recorded = factNames.flatMap(name => readCase(name, scenario).trips[0] ?? [])
    return batch.map(asked => {
      const exchange = recorded.find(({ request }) => isDeepStrictEqual(request, asked))
      if (exchange === undefined) throw new Error(`${scenario}: not recorded: ${JSON.stringify(asked)}`)
      return exchange.reply as Reply
    })
  }

const NOTHING = new Uint8Array()
const STAT = {
  type: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  sizeBytes: 0,
  mtimeSeconds: 0,
  ctimeSeconds: 0,
} as const

function done(request: Request): Reply {
  if (request.kind === 'exec' || request.kind === 'wait') {
    return { kind: 'exec', exitCode: 0, stdout: NOTHING, stderr: NOTHING, isTimedOut: false }
  }
  if (request.kind === 'read') return { kind: 'read', content: NOTHING, stat: STAT }
  return request.kind === 'list' ? { kind: 'list', entries: [] } : { kind: 'done' }
}

const allDone: Answer = batch => batch.map(done)

/** Everything works up to the first request that `matches`; that one is answered `reply`, and nothing runs after it. */
const stoppedAt =
  (matches: (request: Request) => boolean, reply: Reply): Answer =>
  batch => {
    const at = batch.findIndex(matches)
    expect(at).toBeGreaterThanOrEqual(0)
    return batch.map((request, i) =>
      i < at ? done(request) : i === at ? reply : { kind: 'not-run', reason: 'earlier-failure' },
    )
  }

const writesTo = (path: string) => (request: Request) => request.kind === 'write' && request.path === path
const CONFIG = '/etc/containerd/config.toml'

describe('round trips', () => {
  it('an apply on a fresh host is three: facts, one batch, facts', async () => {
    const { host, trips } = scriptedHost(gathered('fresh'), allDone, gathered('applied'))
    const report = await apply(host, DEFAULT_NODE_CONFIG)
    expect(report).toMatchObject({ failures: [], hasChanged: true })
    expect(report.checks.filter(check => check.verdict === 'fail')).toEqual([])
    expect(report.checks.length).toBeGreaterThan(10)
    expect(trips.length).toBe(3)
  })

  it('an apply that finds nothing to do, a plan and a verification are one', async () => {
    for (const [what, scenario] of [
      [apply, 'applied'],
      [plan, 'fresh'],
      [verify, 'fresh'],
    ] as const) {
      const { host, trips } = scriptedHost(gathered(scenario))
      expect((await what(host, DEFAULT_NODE_CONFIG)).failures).toEqual([])
      expect(trips.length).toBe(1)
    }
  })

  it('the batch stops at a failure, holds the lock, and first looks whether the files still are what was planned for', async () => {
    const { host, trips } = scriptedHost(gathered('fresh'), allDone, gathered('applied'))
    await apply(host, DEFAULT_NODE_CONFIG)
    expect(trips[1]?.options).toMatchObject({ stopAtFailure: true, lock: '/run/seatrial.lock' })
    expect(trips[1]?.batch[0]).toMatchObject({
      kind: 'read',
      path: CONFIG,
      ifDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  it('nothing is sent when the plan has a failure', async () => {
    const { host, trips } = scriptedHost(gathered('absent'))
    const report = await apply(host, DEFAULT_NODE_CONFIG)
    expect(report.failures.map(failure => failure.reason)).toEqual(['containerd-missing'])
    expect(report.hasChanged).toBe(false)
    expect(trips.length).toBe(1)
  })
})

describe('a verification', () => {
  it('of a fresh host says what is missing', async () => {
    const { host } = scriptedHost(gathered('fresh'))
    const { checks } = await verify(host, DEFAULT_NODE_CONFIG)
    const failed = checks.filter(check => check.verdict === 'fail').map(check => check.name)
    expect(failed).toContain('net.ipv4.ip_forward is 1')
    expect(failed).toContain('net.ipv4.ip_forward is 1 after a reboot')
    expect(failed).toContain("containerd's cgroup driver is systemd")
    expect(failed).toContain('containerd runs with the configuration on disk')
    expect(failed).not.toContain('containerd is running')
  })

  it('sees a sandbox image that is not the wanted one', async () => {
    const reading = readNodeConfig('sandboxImage = "mirror/pause:1"', 'seatrial.toml')
    if (!reading.ok) throw new Error('the configuration is right')
    const { host } = scriptedHost(gathered('applied'))
    const { checks } = await verify(host, reading.config)
    expect(checks).toContainEqual({
      name: 'the sandbox image is mirror/pause:1',
      verdict: 'fail',
      evidence: 'registry.k8s.io/pause:3.6',
    })
  })
})

describe('what can go wrong in the batch', () => {
  /** The one failure of an apply on a fresh host whose batch is answered so. */
  async function failureOf(answer: Answer) {
    const events: EngineEvent[] = []
    const { host, trips } = scriptedHost(gathered('fresh'), answer)
    const report = await apply(host, DEFAULT_NODE_CONFIG, { observer: event => events.push(event) })
    expect(trips.length).toBe(2)
    expect(report.checks).toEqual([])
    const outcomes = events.flatMap(event => (event.event === 'step' ? [event.outcome] : []))
    return { failure: report.failures[0], outcomes, hasChanged: report.hasChanged }
  }

  it('another run holds the lock: nothing was run', async () => {
    const locked: Answer = batch => batch.map(() => ({ kind: 'not-run', reason: 'locked' }))
    const { failure, outcomes, hasChanged } = await failureOf(locked)
    expect(failure).toEqual({ reason: 'locked', lock: '/run/seatrial.lock' })
    expect(new Set(outcomes)).toEqual(new Set(['not-run']))
    expect(hasChanged).toBe(false)
  })

  it('a file was changed since: nothing was run', async () => {
    const stale = stoppedAt(request => request.kind === 'read', { kind: 'errno', errno: 'ESTALE' })
    const { failure, hasChanged } = await failureOf(stale)
    expect(failure).toEqual({ reason: 'changed-meanwhile', path: CONFIG })
    expect(hasChanged).toBe(false)
  })

  it('a file came into being since: what was done before it stays done', async () => {
    const stale = stoppedAt(writesTo('/etc/sysctl.d/k8s.conf'), { kind: 'errno', errno: 'ESTALE' })
    expect((await failureOf(stale)).failure).toEqual({
      reason: 'changed-meanwhile',
      path: '/etc/sysctl.d/k8s.conf',
    })
  })

  it.each(['EROFS', 'ENOSPC', 'EACCES', 'EBUSY'] as const)(
    'a write is refused with %s: the file and the step are named',
    async errno => {
      const { failure, outcomes } = await failureOf(stoppedAt(writesTo(CONFIG), { kind: 'errno', errno }))
      expect(failure).toMatchObject({ reason: 'write-refused', path: CONFIG, errno, rollback: 'none' })
      expect(outcomes).toEqual(['done', 'done', 'done', 'done', 'failed', 'not-run'])
    },
  )

  it('containerd does not start: the end of what it said, and that the old configuration was put back', async () => {
    const said = Array.from({ length: 9 }, (_, i) => `line ${i}`).join('\n')
    const { failure } = await failureOf(
      stoppedAt(request => request.kind === 'exec' && request.argv[0] === 'systemctl', {
        kind: 'exec',
        exitCode: 1,
        stdout: NOTHING,
        stderr: encodeText(`${said}\n`),
        isTimedOut: false,
        recovery: [{ kind: 'done' }],
      }),
    )
    expect(failure).toMatchObject({
      reason: 'step-failed',
      command: 'systemctl restart containerd.service',
      exitCode: 1,
      stderr: 'line 4\nline 5\nline 6\nline 7\nline 8',
      rollback: 'done',
    })
  })
})

describe('what can go wrong around it', () => {
  it('the steps ran and the host is not as it should be', async () => {
    const { host } = scriptedHost(gathered('fresh'), allDone, gathered('fresh'))
    const { failures } = await apply(host, DEFAULT_NODE_CONFIG)
    expect(failures.map(failure => failure.reason)).toEqual(['not-converged'])
  })

  it('the host cannot be reached', async () => {
    const events: EngineEvent[] = []
    const unreachable: Answer = () => {
      throw new HostError('unreachable', 'no such container')
    }
    const { host } = scriptedHost(unreachable)
    const { failures } = await verify(host, DEFAULT_NODE_CONFIG, { observer: event => events.push(event) })
    expect(failures).toEqual([
      {
        reason: 'host-unreachable',
        host: 'scripted',
        transport: 'unreachable',
        message: 'no such container',
      },
    ])
    expect(events.at(-1)).toMatchObject({
      event: 'failed',
      description: expect.stringContaining('no such container'),
    })
  })

  it('the operator interrupts: the steps that are known to be done are told', async () => {
    const control = new AbortController()
    const events: EngineEvent[] = []
    const interrupted: Answer = batch => {
      control.abort()
      throw new HostError('closed', 'interrupted', { replies: batch.slice(0, 2).map(done) })
    }
    const { host } = scriptedHost(gathered('fresh'), interrupted)
    const observer = (event: EngineEvent) => events.push(event)
    const { failures } = await apply(host, DEFAULT_NODE_CONFIG, { observer, signal: control.signal })
    expect(failures).toEqual([{ reason: 'interrupted', host: 'scripted' }])
    const outcomes = events.flatMap(event => (event.event === 'step' ? [event.outcome] : []))
    expect(outcomes).toEqual(['done', 'not-run', 'not-run', 'not-run', 'not-run', 'not-run'])
  })

  it('a bug of ours is no failure of the host', async () => {
    const bug: Answer = () => {
      throw new TypeError('ours')
    }
    await expect(plan(scriptedHost(bug).host, DEFAULT_NODE_CONFIG)).rejects.toThrow(TypeError)
  })
})

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { DEFAULT_NODE_CONFIG } from '../../../../src/config/node-config.ts'
import { apply } from '../../../../src/engine/engine.ts'
import { type Report, ReportError, readReport, writeReport } from '../../../../src/format/report.ts'
import { recordOfBytes } from '../../../../src/format/report-bytes.ts'
import type { ReportExchange } from '../../../../src/format/report-exchange.ts'
import { recordHost } from '../../../../src/host/recorder.ts'
import { encodeText } from '../../../../src/host/surrogate-escape.ts'
import { openHost } from '../../../../src/hosts.ts'

const REPORT: Report = {
  format: 'seatrial-report',
  version: 1,
  versions: { seatrial: '0.1.0', node: '20.20.2' },
  verb: 'apply',
  host: 'sim:debian-12',
  startedAt: '2026-01-02T03:04:05.678Z',
  durationMs: 17,
  exitStatus: 1,
  failure: { reason: 'not-converged', description: 'no' },
  config: DEFAULT_NODE_CONFIG,
  events: [{ event: 'gathering', host: 'sim:debian-12', again: false }],
  exchanges: [],
}

const through = (report: Report): Report => readReport(writeReport(report))

describe('a report', () => {
  let exchanges: ReportExchange[]

  beforeAll(async () => {
    exchanges = []
    const host = recordHost(await openHost('sim:debian-12'), trip => exchanges.push(trip))
    await apply(host, DEFAULT_NODE_CONFIG)
  })

  it('gives back the round trips of a run as they were, byte for byte', () => {
    expect(exchanges).toHaveLength(3)
    const report = { ...REPORT, exchanges }
    expect(through(report)).toEqual(report)
  })

  it('shows text as lines that can be read and compared', () => {
    const written = writeReport({ ...REPORT, exchanges }).split('\n')
    expect(written.map(line => line.trim())).toContain('"net.ipv4.ip_forward                 = 1\\n"')
  })

  it('gives back any bytes and any strings that stand for bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.string({ unit: 'binary' }).map(encodeText),
      fc.constantFrom('\ufeffa\n', '\r\n\r', '\n').map(encodeText),
    )
    const byteString = fc
      .array(fc.integer({ min: 0xdc80, max: 0xdcff }))
      .map(codes => `/a${String.fromCharCode(...codes)}`)
    fc.assert(
      fc.property(bytes, byteString, (content, path) => {
        const exchange: ReportExchange = {
          batch: [
            { kind: 'write', path, content, mode: 0o600 },
            { kind: 'wait', exec: { kind: 'exec', argv: ['cat', path], stdin: content }, limitMs: 5 },
          ],
          options: { lock: path, stopAtFailure: true },
          replies: [
            { kind: 'errno', errno: 'EROFS', recovery: [{ kind: 'done' }] },
            { kind: 'exec', exitCode: 0, stdout: content, stderr: content, isTimedOut: false },
          ],
          error: { reason: 'closed', message: path },
        }
        expect(through({ ...REPORT, exchanges: [exchange] }).exchanges).toEqual([exchange])
      }),
      { numRuns: 300 },
    )
  })

  it('tells an errno in a directory from a file that holds the same letters', () => {
    const stat = {
      type: 'file',
      mode: 0o644,
      uid: 0,
      gid: 0,
      sizeBytes: 6,
      mtimeSeconds: 1.5,
      ctimeSeconds: 2,
    } as const
    const entries = [
      { name: 'a', stat, content: encodeText('ENOENT') },
      { name: 'b', stat, content: 'ENOENT', target: 'c' },
    ] as const
    const exchange: ReportExchange = {
      batch: [{ kind: 'list', path: '/x', contentOf: '' }],
      options: {},
      replies: [{ kind: 'list', entries }],
    }
    expect(through({ ...REPORT, exchanges: [exchange] }).exchanges).toEqual([exchange])
  })

  it.each([
    ['{', /no report: it is not JSON/],
    ['[]', /"format" is not/],
    ['{"format":"seatrial-image","version":1}', /"format" is not/],
    ['{"format":"seatrial-report","version":2}', /version 2, and 1 is what can be read/],
    [writeReport(REPORT).replace('"exitStatus": 1', '"exitStatus": "1"'), /damaged: exitStatus/],
    [
      writeReport(REPORT).replace('"modulesLoad": "auto"', '"modulesLoad": "never"'),
      /damaged: config.modulesLoad/,
    ],
    [
      writeReport(REPORT).replace(
        '"exchanges": []',
        '"exchanges": [{"batch": [{"kind": "reed"}], "options": {}, "replies": []}]',
      ),
      /damaged: exchanges.0.batch.0/,
    ],
  ])('that is none is refused with the reason: %j', (text, message) => {
    expect(() => readReport(text)).toThrow(ReportError)
    expect(() => readReport(text)).toThrow(message)
  })
})

it('bytes that are not UTF-8 are base64', () => {
  expect(recordOfBytes(Uint8Array.of(0xff, 0, 0x0a))).toEqual({ base64: '/wAK' })
  expect(recordOfBytes(encodeText('a\nb'))).toEqual(['a\n', 'b'])
  expect(recordOfBytes(encodeText('a\n'))).toBe('a\n')
})

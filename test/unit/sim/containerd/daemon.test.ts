import { describe, expect, it } from 'vitest'
import { replayOrDiverge } from '../../../parity/containerd-divergences.ts'
import { ContainerdMachine, vmImage } from '../../../parity/containerd-machine.ts'
import { answersOf, type ContainerdCase, cases, readRecording } from '../../../parity/recorded-containerd.ts'

/** What differs from run to run, as the recorder names it. */
const normalize = (text: string): string =>
  text
    .replace(/time="[^"]*"/g, 'time="TIME"')
    .replace(/"time":"[^"]*"/g, '"time":"TIME"')
    .replace(/booted in \d+\.\d+s/g, 'booted in SECONDSs')
    .replace(/\b0xc[0-9a-f]{9}\b/g, 'POINTER')
    .replace(/\/proc\/\d+\//g, '/proc/PID/')
    .replace(/"t":\d+/, '"t":DURATION')
    .replace(/^goroutine \d+/m, 'goroutine N')
    .replace(/ t="?[0-9.]+(µs|ms|s)"?/g, ' t="DURATION"')
    .replace(/UUID: [0-9a-f-]{36}/g, 'UUID: UUID')

/** Lines of goroutines that end, collect garbage or tell of signals: whether they come is a race. */
const RACING =
  /Stop CRI service|vent monitor stopped|tream server stopped|received signal|cni watcher channel is closed|failed to reload cni|receiving change event from cni|sd notification|garbage collected/
/** From here on lines come from several goroutines at once. */
const CONCURRENT = /Start subscribing|msg=serving|"msg":"serving/

/** Several services fail here, and Go's map decides which one is named. */
const UNORDERED = new Set([
  'disabled bolt',
  'a bad bolt policy',
  'disabled content and garbage collection',
  'disabled stores and streams',
  'disabled deprecation warnings',
  'disabled event exchange',
  'a proxy plugin of every kind',
])

/** The log as far as its order is sure, and the rest sorted. */
function logOf(name: string, text: string): { ordered: string[]; rest: string[] } {
  const plain = normalize(text)
  const known = UNORDERED.has(name)
    ? plain.replace(
        /failed to get (instance of service|\\"io\.containerd[^"]*" plugin).*/g,
        'failed to get ANY',
      )
    : plain
  const lines = known.split('\n').filter(line => line !== '' && !RACING.test(line))
  const first = lines.findIndex(line => CONCURRENT.test(line))
  const end = first < 0 ? lines.length : first
  return { ordered: lines.slice(0, end), rest: lines.slice(end).sort() }
}

/** The rows of a listing, without the directory that another thread makes at its own time. */
const rowsOf = (listing = ''): string[] =>
  listing.split('\n').filter(row => row !== '' && !row.endsWith('/io.containerd.grpc.v1.cri'))

/** The plugins table; of several proxies, Go's map decides which one comes first. */
const tableOf = (name: string, table = ''): string =>
  name.startsWith('a proxy plugin') ? table.split('\n').sort().join('\n') : table

/** Deprecations come out of a Go map. */
const sorted = (text = ''): string[] => normalize(text).split('\n').sort()

async function replay(version: string, row: ContainerdCase): Promise<void> {
  const recording = readRecording(version)
  const recorded = answersOf(recording, row.name)
  const host = new ContainerdMachine(vmImage, recording, row.files)
  const daemon = await host.start(['containerd', ...(row.argv ?? [])])
  const isRunning = daemon.child.exitCode === undefined
  expect(logOf(row.name, daemon.stderr())).toEqual(logOf(row.name, recorded['daemon.stderr'] ?? ''))
  expect(daemon.stdout()).toBe(recorded['daemon.stdout'])
  expect(isRunning).toBe(recorded.started !== undefined)
  if (isRunning) {
    expect(rowsOf(host.list())).toEqual(rowsOf(recorded.started))
    const address = /^s 660 (\/run\/(?!.*(?:debug|ttrpc)).*\.sock)$/m.exec(host.list())?.[1] ?? ''
    const plugins = await host.run(['ctr', '--address', address, 'plugins', 'ls'])
    expect({ exit: `${plugins.exitCode}\n`, stdout: tableOf(row.name, plugins.stdout) }).toEqual({
      exit: recorded['plugins.exit'],
      stdout: tableOf(row.name, recorded['plugins.stdout']),
    })
    expect(sorted(plugins.stderr)).toEqual(sorted(recorded['plugins.stderr']))
    const answer = await host.run(['ctr', '--address', address, 'version'])
    expect({ exit: `${answer.exitCode}\n`, stdout: normalize(answer.stdout) }).toEqual({
      exit: recorded['version.exit'],
      stdout: recorded['version.stdout'],
    })
    expect(sorted(answer.stderr)).toEqual(sorted(recorded['version.stderr']))
    host.machine.kill(daemon.child.pid, 'TERM')
    await host.machine.sleep(1e9)
  }
  expect(`${daemon.child.exitCode}\n`).toBe(recorded['daemon.exit'])
  expect(rowsOf(host.list())).toEqual(rowsOf(recorded.ended))
}

describe.each(['1.4.13', '1.6.20', '1.7.24', '2.1.9'])('containerd %s as a daemon', version => {
  it.each(cases)('starts or fails with $name as the real one did', row =>
    replayOrDiverge({ version, of: 'daemon', name: row.name }, () => replay(version, row)),
  )
})

import { Map as PersistentMap } from 'immutable'
import { InputStream, OutputStream } from '../../sim/fs/pipe.ts'
import { bootState } from '../../sim/image.ts'
import { PLAIN_BOOT } from '../../sim/kernel/command-line.ts'
import { Machine } from '../../sim/machine.ts'
import { type Child, Process } from '../../sim/process.ts'
import type { Image } from '../../src/format/image.ts'
import { decodeText } from '../../src/host/surrogate-escape.ts'
import { imageOf } from '../simulated.ts'
import type { ContainerdRecording } from './recorded-containerd.ts'

const DIRECTORIES = [
  '/',
  '/etc',
  '/opt',
  '/proc',
  '/run',
  '/srv',
  '/usr',
  '/usr/bin',
  '/var',
  '/var/lib',
  '/var/tmp',
]
const PROGRAMS = ['containerd', 'ctr', 'runc']

const pathOf = (line: string): string => line.slice(line.lastIndexOf(' ') + 1)

const stdoutOf = (recording: ContainerdRecording, command: string): string =>
  recording.commands.find(({ argv }) => argv.join(' ') === command)?.stdout ?? ''

/** The image of a virtual machine: its kernel. */
export const vmImage: Image = imageOf('debian-12')

/** The root directory that `record-containerd.sh` makes: a tmpfs, and a release of containerd in it. */
function imageWith(base: Image, recording: ContainerdRecording): Image {
  const exchange = (argv: string[], stdout: string) => ({ argv, exitCode: 0, stdout, stderr: '' })
  const mount = (target: string, fstype: string, majorMinor: string) => ({
    source: fstype,
    target,
    root: '/',
    fstype,
    options: 'rw,relatime',
    superOptions: 'rw',
    majorMinor,
  })
  return {
    ...base,
    mounts: [mount('/', 'tmpfs', '0:40'), mount('/proc', 'proc', '0:41')],
    files: [
      ...DIRECTORIES.map(path => `d 0755 0 0 1730000000 60 - ${path}`),
      ...PROGRAMS.map(name => `- 0755 0 0 1730000000 7 ${'0'.repeat(32)} /usr/bin/${name}`),
    ].sort((left, right) => (pathOf(left) < pathOf(right) ? -1 : 1)),
    units: [],
    exchanges: [
      exchange(['containerd', '--version'], recording.version),
      exchange(['containerd', 'config', 'default'], recording.base['dump.stdout'] ?? ''),
      exchange(['ctr', 'version'], recording.base['version.stdout'] ?? ''),
      exchange(['ctr', '--version'], stdoutOf(recording, 'ctr --version')),
      ...base.exchanges.filter(({ argv }) => argv[0] === 'runc'),
    ],
  }
}

/** A machine as the kernel leaves it before PID 1. */
export function bootWithoutInit(image: Image): Machine {
  const { trees, mounts, modules, sysctl } = bootState(image)
  return Machine.resume(image, {
    clock: { bootSeconds: 1_730_000_000, monotonicNs: 0 },
    trees,
    mounts,
    modules,
    sysctl,
    processes: { nextPid: 2, records: PersistentMap() },
    uts: { nodename: 'node', domainname: '(none)' },
    swaps: [],
    log: [],
    boot: PLAIN_BOOT,
    random: 1,
    daemons: PersistentMap(),
  })
}

/** A machine without PID 1, on which a recorded case can be run. */
export class ContainerdMachine {
  readonly machine: Machine
  /** When the last program that was run ended. */
  lastEndNs = 0
  readonly #shell: Process
  readonly #base: Image
  readonly #recording: ContainerdRecording

  constructor(
    base: Image,
    recording: ContainerdRecording,
    files: Readonly<Record<string, string>> = {},
    machine?: Machine,
  ) {
    this.machine = machine ?? bootWithoutInit(imageWith(base, recording))
    this.#base = base
    this.#recording = recording
    this.#shell = this.#process(new OutputStream(), new OutputStream())
    for (const [path, content] of Object.entries(files)) {
      this.#mkdirAll(path.slice(0, path.lastIndexOf('/')))
      this.write(path, content)
    }
  }

  /** Another machine with the same state. */
  fork(): ContainerdMachine {
    return new ContainerdMachine(this.#base, this.#recording, {}, this.machine.fork())
  }

  write(path: string, content: string): void {
    this.#shell.writeFile(path, content)
  }

  #process(stdout: OutputStream, stderr: OutputStream): Process {
    return new Process(this.machine, {
      argv: ['sh'],
      env: new Map([['PATH', '/usr/local/bin:/usr/bin:/bin']]),
      cwd: '/',
      credentials: {
        ...this.machine.rootCredentials,
        capabilities: new Set(['cap_dac_override', 'cap_chown']),
      },
      files: new Map([new InputStream(new Uint8Array()), stdout, stderr].entries()),
    })
  }

  #mkdirAll(path: string): void {
    if (path === '' || this.#shell.exists(path)) return
    this.#mkdirAll(path.slice(0, path.lastIndexOf('/')))
    this.#shell.mkdir(path)
  }

  /** Starts a program and lets it run until it ends or waits for ever. */
  async start(
    argv: readonly string[],
  ): Promise<{ child: Child; stdout: () => string; stderr: () => string }> {
    const [stdout, stderr] = [new OutputStream(), new OutputStream()]
    const parent = this.#process(stdout, stderr)
    const child = parent.spawn(parent.which(argv[0] ?? '') ?? '', argv)
    await this.machine.sleep(30e9)
    if (child.thrown !== undefined) throw child.thrown
    return { child, stdout: () => decodeText(stdout.bytes), stderr: () => decodeText(stderr.bytes) }
  }

  /** Runs a program to its end. */
  async run(
    argv: readonly string[],
  ): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> {
    const [stdout, stderr] = [new OutputStream(), new OutputStream()]
    const parent = this.#process(stdout, stderr)
    const child = parent.spawn(parent.which(argv[0] ?? '') ?? '', argv)
    await this.machine.scheduler.runAsync(() => child.exitCode !== undefined || child.thrown !== undefined)
    if (child.thrown !== undefined) throw child.thrown
    this.lastEndNs = this.machine.clock.monotonicNs
    return { exitCode: child.exitCode, stdout: decodeText(stdout.bytes), stderr: decodeText(stderr.bytes) }
  }

  /** `find … -printf '%y %m %p\n'` of the directories that `record-containerd.sh` looks at. */
  list(): string {
    const rows: string[] = []
    const visit = (directory: string): void => {
      for (const name of this.#shell.readdir(directory)) {
        const path = `${directory}/${name}`
        const stat = this.#shell.lstat(path)
        const type = { directory: 'd', socket: 's', symlink: 'l' }[stat.type as string] ?? 'f'
        rows.push(`${type} ${stat.mode.toString(8)} ${path}`)
        if (type === 'd') visit(path)
      }
    }
    for (const directory of ['/run', '/var/lib', '/srv', '/opt', '/var/tmp']) visit(directory)
    return rows.sort((left, right) => (pathOf(left) < pathOf(right) ? -1 : 1)).join('\n')
  }
}

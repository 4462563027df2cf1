import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Machine } from '../../sim/machine.ts'
import { saveMachine } from '../../sim/save.ts'
import { SimHost } from '../../sim/sim-host.ts'
import { openHost, saveHost } from '../../src/hosts.ts'
import { boot, put, run, text } from '../simulated.ts'
import { FakeTerminal, type Outcome, seatrial } from '../unit/src/cli/fake-terminal.ts'

let directory: string
let fresh: Machine

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'seatrial-bad-luck-'))
  chmodSync(directory, 0o755)
  fresh = await boot('debian-12')
})

afterAll(() => rmSync(directory, { recursive: true }))

/** A file in the test's own directory. */
function file(name: string, content: string): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

/** Runs a verb on a machine in trouble, and keeps what is left of it. */
async function onMachine(verb: string, machine: Machine): Promise<Outcome & { left: SimHost }> {
  const path = join(directory, 'machine.json')
  await saveHost(new SimHost('sim:trouble', machine), path)
  const outcome = await seatrial([verb, `sim:${path}`, '--save', `${path}.left`])
  return { ...outcome, left: (await openHost(`sim:${path}.left`)) as SimHost }
}

const WRITTEN = ['/etc/modules-load.d/k8s.conf', '/etc/sysctl.d/k8s.conf']
const CONFIG_PATH = '/etc/containerd/config.toml'

/** Nothing of the engine's is there, whole or half. */
async function expectUntouched({ machine }: SimHost): Promise<void> {
  for (const path of WRITTEN) expect(machine.fs.canAccess(machine.rootCaller, path, 'exists')).toBe(false)
  expect(await leftovers(machine)).toEqual([])
}

/** Temporary names that somebody forgot. */
async function leftovers(machine: Machine): Promise<readonly string[]> {
  const names: string[] = []
  for (const path of ['/etc/modules-load.d', '/etc/sysctl.d', '/etc/containerd']) {
    const { stdout } = await run(machine, ['ls', '-A', path])
    names.push(...stdout.split('\n').filter(name => name.includes('seatrial-new')))
  }
  return names
}

describe('an apply that meets', () => {
  it('a read-only file system says which step and file, and leaves all as it was', async () => {
    const machine = fresh.fork()
    const root = machine.kernel.mounts.at('/')
    machine.kernel.mounts.setOptions(root?.id ?? 0, ['ro', 'relatime'])
    const { exitStatus, stderr, left } = await onMachine('apply', machine)
    expect(exitStatus).toBe(1)
    expect(stderr).toMatch(
      /modules-load\.d\/k8s\.conf failed: .*k8s\.conf: Read-only file system\. Mount the file system writable\.$/m,
    )
    await expectUntouched(left)
  })

  it('a full disk says which step and file, and leaves all as it was', async () => {
    const machine = fullDisk(fresh)
    const { exitStatus, stderr, left } = await onMachine('apply', machine)
    expect(exitStatus).toBe(1)
    expect(stderr).toMatch(
      /k8s\.conf: No space left on device\. Make room on the disk; the file is as it was\.$/m,
    )
    await expectUntouched(left)
  })

  it('no containerd says so, and does nothing', async () => {
    const machine = fresh.fork()
    machine.fs.unlink(machine.rootCaller, '/usr/bin/containerd')
    const { exitStatus, stderr, left } = await onMachine('apply', machine)
    expect(exitStatus).toBe(1)
    expect(stderr).toContain(
      'containerd is not installed: there is no such program on PATH. Install it first.',
    )
    await expectUntouched(left)
  })

  it('a broken config.toml names the file, the line and the column, and does nothing', async () => {
    const machine = fresh.fork()
    put(machine, CONFIG_PATH, 'version = 2\n[plugins\n')
    const { exitStatus, stderr, left } = await onMachine('apply', machine)
    expect(exitStatus).toBe(1)
    expect(stderr).toMatch(/\/etc\/containerd\/config\.toml, line 2, column \d+: .*nothing was changed/)
    await expectUntouched(left)
    expect(text(left.machine, CONFIG_PATH)).toBe('version = 2\n[plugins\n')
  })

  it('a container that is not there says so', async () => {
    const { exitStatus, stderr } = await seatrial(['apply', 'docker:seatrial-no-such-container'])
    expect(exitStatus).toBe(1)
    expect(stderr).toMatch(
      /^seatrial: docker:seatrial-no-such-container: .*cannot be reached \(unreachable\): /,
    )
  })

  it('Ctrl-C says that the host may be between two steps, and asks nothing more', async () => {
    const terminal = new FakeTerminal()
    terminal.print = text => {
      FakeTerminal.prototype.print.call(terminal, text)
      if (String(text).includes('kernel 6')) terminal.interrupt()
    }
    const { exitStatus, stderr } = await seatrial(
      ['apply', 'sim:debian-12', 'sim:debian-12-container'],
      terminal,
    )
    expect(exitStatus).toBe(1)
    expect(stderr).toBe(
      'seatrial: sim:debian-12: Interrupted: sim:debian-12 may be between two steps. ' +
        'Run apply again, it takes up where this run stopped.\n',
    )
    expect(terminal.stdout).toContain('not started (interrupted): sim:debian-12-container\n')
    expect(terminal.stdout).not.toContain('sim:debian-12-container:')
  })
})

/** The same machine, with not a byte free on its disk. */
function fullDisk(machine: Machine): Machine {
  const saved = machine.state
  const trees = saved.trees.map(tree =>
    tree.durable === undefined ? tree : { ...tree, capacityBytes: tree.usedBytes },
  )
  return Machine.resume(machine.image, { ...saved, trees })
}

describe('a seatrial.toml', () => {
  it.each([
    ['that does not parse', 'modules = [\n', /^seatrial: .*node\.toml:\d+:\d+: /],
    [
      'with an unknown key',
      'modlues = []\n',
      /node\.toml:1:1: unknown key "modlues": did you mean "modules"\?\n$/,
    ],
    [
      'with a wrong type',
      '\nmodulesLoad = 3\n',
      /node\.toml:2:15: "modulesLoad" must be one of "auto", "always", not 3\n$/,
    ],
  ])('%s is refused with file, line and column', async (_, content, message) => {
    const { exitStatus, stderr, stdout } = await seatrial([
      'apply',
      'sim:debian-12',
      '--config',
      file('node.toml', content),
    ])
    expect({ exitStatus, stdout }).toEqual({ exitStatus: 64, stdout: '' })
    expect(stderr).toMatch(message)
  })

  it('that was asked for and is not there is refused', async () => {
    const { exitStatus, stderr } = await seatrial([
      'plan',
      'sim:debian-12',
      '--config',
      join(directory, 'none.toml'),
    ])
    expect(exitStatus).toBe(64)
    expect(stderr).toMatch(/none\.toml cannot be read: ENOENT/)
  })
})

describe('the name of a host', () => {
  it.each([
    ['debian-12', /there is no such kind of host; a host is one of\n {2}sim:/],
    [
      'sim:debian-99',
      /there is no such image or file; known images: debian-11, debian-11-container, .*debian-14-container/,
    ],
    ['sim:', /a name must follow the colon/],
    ['local:here', /nothing follows local:/],
  ])('%s is refused before anything is done to the others', async (name, message) => {
    const { exitStatus, stdout, stderr } = await seatrial(['apply', 'sim:debian-12', name])
    expect({ exitStatus, stdout }).toEqual({ exitStatus: 64, stdout: '' })
    expect(stderr).toMatch(message)
  })
})

describe('a saved machine', () => {
  it('that cannot be written is said so', async () => {
    const path = join(directory, 'none', 'machine.json')
    const { exitStatus, stderr } = await seatrial(['apply', 'sim:debian-12', '--save', path])
    expect(exitStatus).toBe(1)
    expect(stderr).toMatch(/none\/machine\.json: the machine cannot be saved \(ENOENT: /)
  })

  it('cannot come from a real host, which is told before anything is done to it', async () => {
    const argv = ['apply', 'docker:seatrial-no-such-container', '--save', join(directory, 'real.json')]
    const { exitStatus, stderr } = await seatrial(argv)
    expect(exitStatus).toBe(64)
    expect(stderr).toBe(
      'seatrial: docker:seatrial-no-such-container is a real host: only a simulated one can be saved\n',
    )
  })

  it('that is damaged is refused', async () => {
    const whole = JSON.stringify(saveMachine(fresh))
    const damaged: readonly (readonly [name: string, content: string])[] = [
      ['half.json', whole.slice(0, whole.length / 2)],
      ['other.json', '{"format":"something-else"}'],
      ['hollow.json', JSON.stringify({ ...JSON.parse(whole), state: {} })],
    ]
    for (const [name, content] of damaged) {
      const { exitStatus, stdout, stderr } = await seatrial(['verify', `sim:${file(name, content)}`])
      expect({ name, exitStatus, stdout }).toEqual({ name, exitStatus: 64, stdout: '' })
      expect(stderr).toMatch(new RegExp(`^seatrial: "sim:.*${name}": `))
    }
  })
})

const LINE = 'more than fits into a pipe'
const LINES = 100_000

const CLI = join(import.meta.dirname, '../../dist/src/cli.js')

interface Ended {
  readonly exitStatus: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

const NOBODY = 65534

/** The command as a process; `meddle` gets hold of it at its start. */
function runProcess(
  argv: readonly string[],
  meddle: (child: ChildProcess) => void = () => undefined,
  user: { readonly uid?: number; readonly gid?: number } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, ...argv], { cwd: directory, ...user })
  meddle(child)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (bytes: Buffer) => {
    stdout += bytes
  })
  child.stderr.on('data', (bytes: Buffer) => {
    stderr += bytes
  })
  return new Promise(resolve =>
    child.on('close', (exitStatus, signal) => resolve({ exitStatus, signal, stdout, stderr })),
  )
}

describe('the command as a process', () => {
  it('ends in words on SIGINT while a script runs, although the script goes on', async () => {
    const pidFile = join(directory, 'pid')
    const watcher = watch(directory)
    const ended = runProcess(
      ['run', 'local:', file('slow.sh', 'echo "$$" > "$1.new"; mv "$1.new" "$1"; exec sleep 60\n'), pidFile],
      child =>
        watcher.on('change', (_, name) => {
          if (name === 'pid') child.kill('SIGINT')
        }),
    )
    const outcome = await ended
    watcher.close()
    process.kill(Number(readFileSync(pidFile, 'utf8')))
    expect(outcome).toEqual({
      exitStatus: 1,
      signal: null,
      stdout: '',
      stderr: 'seatrial: interrupted; what was under way may go on on the host\n',
    })
  })

  it('says that setting up a node needs root', async ({ skip }) => {
    const isRoot = process.getuid?.() === 0
    const outcome = await runProcess(
      ['plan', 'local:'],
      () => undefined,
      isRoot ? { uid: NOBODY, gid: NOBODY } : {},
    )
    if (isRoot && outcome.stderr.includes('Cannot find module')) skip('the sources cannot be read by nobody')
    expect(outcome.exitStatus).toBe(1)
    expect(outcome.stderr).toContain('Setting up a node needs root, and the commands run as uid ')
  })

  it('finishes its work in silence when nobody reads its output any more', async () => {
    const path = join(directory, 'piped.json')
    const ended = await runProcess(['apply', 'sim:debian-12', '--save', path], child =>
      child.stdout?.destroy(),
    )
    expect({ exitStatus: ended.exitStatus, stderr: ended.stderr }).toEqual({ exitStatus: 0, stderr: '' })
    const { exitStatus } = await runProcess(['verify', `sim:${path}`])
    expect(exitStatus).toBe(0)
  })

  it('has printed all of a long output when it ends', async () => {
    const script = file('long.sh', `yes '${LINE}' | head -${LINES}\n`)
    const { stdout, exitStatus } = await runProcess(['run', 'local:', script])
    expect({ length: stdout.length, exitStatus }).toEqual({
      length: (LINE.length + 1) * LINES,
      exitStatus: 0,
    })
  })
})

/**
 * Records what real releases of containerd make of the configuration files in `recorded/containerd/cases.yaml`:
 *
 *     npm run record:containerd -- [--new] DIRECTORY...
 *
 * With `--new`, only the cases are run that the recording does not hold yet. Each directory is an unpacked containerd package (`dpkg -x`) beside which its `.deb` lies. Needs root, Linux and
 * util-linux: every case runs in namespaces of its own, with nothing of the machine but /usr, /dev and /sys.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createTwoFilesPatch } from 'diff'
import { parse, stringify } from 'yaml'

/** A configuration that somebody wrote by hand. */
interface Case {
  readonly name: string
  readonly argv?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
}

const HERE = join(process.cwd(), 'test/parity')

/** What differs from run to run, replaced by a name. */
const normalize = (text: string): string =>
  text
    .replace(/time="[^"]*"/g, 'time="TIME"')
    .replace(/"time":"[^"]*"/g, '"time":"TIME"')
    .replace(/\b0xc[0-9a-f]{9}\b/g, 'POINTER')
    .replace(/\/proc\/\d+\//g, '/proc/PID/')
    .replace(/booted in \d+\.\d+s/g, 'booted in SECONDSs')
    .replace(/UUID: [0-9a-f-]{36}/g, 'UUID: UUID')
    .replace(/ t="[0-9.]+(µs|ms|s)"/g, ' t="DURATION"')

/** What comes after the daemon is up comes from goroutines, in any order. */
function sortEnd(text: string): string {
  const lines = text.split('\n')
  const booted = lines.findIndex(line => line.includes('containerd successfully booted'))
  if (booted < 0) return text
  const rest = lines.slice(booted + 1).filter(line => line !== '')
  return [...lines.slice(0, booted + 1), ...rest.sort(), ''].join('\n')
}

/** Command lines that are answered where no daemon runs. */
const COMMANDS: readonly (readonly string[])[] = [
  ['ctr', '--version'],
  ['ctr', '-v'],
  ['containerd', '--version'],
  ['containerd', '-v'],
  ['containerd', 'config', 'default'],
  ['ctr', 'version'],
  ['ctr', 'plugins', 'ls'],
  ['ctr', 'plugins', 'list'],
  ['ctr', 'plugin', 'ls'],
  ['ctr', '--address', '/run/gone.sock', 'version'],
  ['ctr', '-a=/run/gone.sock', 'plugins', 'ls', '-q'],
  ['ctr', 'images', 'ls'],
  ['ctr', 'nothing'],
  ['containerd', 'config', 'nothing'],
  ['containerd', '--config', '/run/gone.toml', 'config', 'dump'],
  ['containerd', '--config', '/run/gone.toml', 'config', 'migrate'],
]

interface CommandRecord {
  readonly argv: readonly string[]
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  /** Whole seconds that it took. */
  readonly seconds: number
}

function runCommand(packageDirectory: string, argv: readonly string[]): CommandRecord {
  const [program = '', ...args] = argv
  const start = process.hrtime.bigint()
  const namespaces = ['--mount', '--net', 'sh', '-c', 'mount -t tmpfs tmpfs /run && exec "$0" "$@"']
  const result = spawnSync('unshare', [...namespaces, join(packageDirectory, 'usr/bin', program), ...args], {
    encoding: 'utf8',
    argv0: 'unshare',
  })
  const seconds = Number((process.hrtime.bigint() - start) / 1_000_000_000n)
  return { argv, exitCode: result.status, stdout: result.stdout, stderr: result.stderr, seconds }
}

/** A panic's goroutines hold addresses: what comes after the first one's header is not kept. */
const cutPanic = (text: string): string => text.replace(/(\n\ngoroutine \d+ \[[^\]]*\]:\n)[\s\S]*$/, '$1')

function runCase(packageDirectory: string, { argv = [], files = {} }: Case): Record<string, string> {
  const scratch = mkdtempSync(join(tmpdir(), 'record-containerd-'))
  const [fileDirectory, results] = [join(scratch, 'files'), join(scratch, 'results')]
  for (const directory of [fileDirectory, results]) mkdirSync(directory)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(fileDirectory, path)), { recursive: true })
    writeFileSync(join(fileDirectory, path), content)
  }
  const namespaces = ['--mount', '--net', '--pid', '--fork', '--kill-child']
  const script = [
    'bash',
    join(HERE, 'record-containerd.sh'),
    packageDirectory,
    fileDirectory,
    results,
    ...argv,
  ]
  spawnSync('unshare', [...namespaces, ...script], { stdio: 'inherit', timeout: 60_000 })
  const answers = Object.fromEntries(
    readdirSync(results).map(name => [
      name,
      sortEnd(cutPanic(normalize(readFileSync(join(results, name), 'utf8')))),
    ]),
  )
  rmSync(scratch, { recursive: true })
  return answers
}

/** The answers of a case, as changes of those that containerd gives without a configuration file where that is shorter. */
function against(base: Readonly<Record<string, string>>, answers: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(answers).map(([name, text]) => {
      const patch = createPatch(base[name] ?? '', text)
      return text.length <= Math.max(patch.length, 300) ? [name, text] : [`${name}.patch`, patch]
    }),
  )
}

const createPatch = (from: string, to: string): string =>
  from === to
    ? ''
    : createTwoFilesPatch('base', 'case', from, to, '', '', { context: 1 }).replace(/^=+\n/, '')

interface Recording {
  readonly base: Readonly<Record<string, string>>
  readonly cases: Readonly<Record<string, Readonly<Record<string, string>>>>
}

function record(packageDirectory: string, isNewOnly: boolean): void {
  const containerd = join(packageDirectory, 'usr/bin/containerd')
  const defaults = execFileSync(containerd, ['config', 'default'], { encoding: 'utf8' })
  const version = execFileSync(containerd, ['--version'], { encoding: 'utf8' })
  const archive = readdirSync(packageDirectory).find(name => /^containerd_.*\.deb$/.test(name)) ?? ''
  const fields = execFileSync('dpkg-deb', [
    '--show',
    '--showformat',
    `\${Version}`,
    join(packageDirectory, archive),
  ])
  const cases: readonly Case[] = parse(readFileSync(join(HERE, 'recorded/containerd/cases.yaml'), 'utf8'))
  const release = fields.toString().replace(/[~+-].*$/, '')
  const path = join(HERE, `recorded/containerd/${release}.yaml`)
  const old: Recording | undefined = isNewOnly ? parse(readFileSync(path, 'utf8')) : undefined
  const noFile = old?.base ?? { ...runCase(packageDirectory, { name: 'base' }), 'dump.stdout': defaults }
  const answers = Object.fromEntries(
    cases.map(row => [row.name, old?.cases[row.name] ?? against(noFile, runCase(packageDirectory, row))]),
  )
  if (!existsSync(dirname(path))) mkdirSync(dirname(path))
  const commands = COMMANDS.map(argv => runCommand(packageDirectory, argv))
  const document = {
    package: `containerd ${fields}`,
    provenance: 'bare-binary',
    version,
    commands,
    base: noFile,
    cases: answers,
  }
  const note =
    '# Recorded by test/parity/record-containerd.ts; not to be edited. Patches are against `base`.\n'
  writeFileSync(path, note + stringify(document, { lineWidth: 0, blockQuote: 'literal' }))
}

const words = process.argv.slice(2)
for (const directory of words.filter(word => word !== '--new')) record(directory, words.includes('--new'))

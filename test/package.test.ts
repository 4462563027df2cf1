import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** What `npm pack` makes of the build, in a project that had nothing before. */

const ROOT = resolve(import.meta.dirname, '..')

interface Packed {
  readonly filename: string
  readonly size: number
  readonly files: readonly { readonly path: string }[]
}

const project = mkdtempSync(join(tmpdir(), 'seatrial-package-'))
let packed: Packed

/** Runs a program in the project; what it prints. A status other than 0 fails the test, with what it said. */
function run(program: string, ...argv: readonly string[]): string {
  return execFileSync(program, argv, { cwd: project, encoding: 'utf8', stdio: 'pipe' })
}

beforeAll(() => {
  const made = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: 'pipe',
  })
  const [only]: readonly Packed[] = JSON.parse(made)
  if (only === undefined) throw new Error('npm pack made nothing')
  packed = only
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  run('npm', 'install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', packed.filename)
})

afterAll(() => rmSync(project, { recursive: true, force: true }))

describe('the packed package', () => {
  it('holds what runs, its images, what environments are made of and its papers, and no tests', () => {
    const paths = packed.files.map(file => file.path)
    expect(paths).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'NOTICE',
        'README.md',
        'CHANGELOG.md',
        'dist/src/cli.js',
        'dist/src/index.d.ts',
        'dist/src/test.d.ts',
        'dist/sim/images/debian-12.json',
        'dist/containers/packages.txt',
        'dist/containers/debian-14/Dockerfile',
        'dist/containers/dockerd.sh',
        'dist/containers/vm/install-qemu.sh',
      ]),
    )
    expect(paths.filter(path => /(^|\/)test\/|\.test\./.test(path))).toEqual([])
  })

  it('is no bigger than five megabytes', () => {
    expect(packed.size).toBeLessThan(5_000_000)
  })

  it('brings no container library along', () => {
    expect(() => readFileSync(join(project, 'node_modules/testcontainers/package.json'))).toThrow('ENOENT')
  })

  it('has a command that makes a simulated host a node', () => {
    expect(run('npx', '--no-install', 'seatrial', 'apply', 'sim:debian-12')).toContain(
      'pass  containerd runs with the configuration on disk',
    )
  }, 120_000)

  it('says which version it is', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    expect(run('npx', '--no-install', 'seatrial', '--version')).toBe(`${version}\n`)
  }, 120_000)

  it('knows the environments, and its scripts can be run', () => {
    const names = run('npx', '--no-install', 'seatrial', 'env', 'list', '--json')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).name)
    const releases = ['debian-11', 'debian-12', 'debian-13', 'debian-14']
    expect(names).toEqual(['docker', 'vm'].flatMap(kind => releases.map(release => `${kind}:${release}`)))
    const folder = join(project, 'node_modules/seatrial/dist/containers')
    for (const script of ['dockerd.sh', 'customize.sh', 'merge-usr.sh', 'vm/install-qemu.sh'])
      expect(statSync(join(folder, script)).mode & 0o111, script).toBe(0o111)
  }, 120_000)

  it('is a library: engine, hosts, and simulated hosts for tests where there is no vitest', () => {
    writeFileSync(join(project, 'use.mjs'), USE_IN_JAVASCRIPT)
    expect(run('node', 'use.mjs')).toBe('0 failures, overlay is live: true\n')
  }, 120_000)

  it('has types that hold under strict settings, without skipping those of libraries', () => {
    for (const name of ['vitest', '@types/node']) link(name)
    writeFileSync(join(project, 'use.ts'), USE_IN_TYPESCRIPT)
    const settings = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      'false',
      '--module',
      'nodenext',
      '--target',
      'es2023',
    ]
    expect(run(join(ROOT, 'node_modules/.bin/tsc'), '--ignoreConfig', ...settings, 'use.ts')).toBe('')
  }, 120_000)
})

/** What a person with a test suite would have installed; it is not ours to bring. */
function link(name: string): void {
  const path = join(project, 'node_modules', name)
  mkdirSync(resolve(path, '..'), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules', name), path)
}

const USE_IN_JAVASCRIPT = `
import { apply, DEFAULT_NODE_CONFIG, openHost } from 'seatrial'
import { fork, matchers, simulatedHost } from 'seatrial/test'

const report = await apply(await openHost('sim:debian-12'), DEFAULT_NODE_CONFIG)
const { pass } = await matchers.toHaveModule(fork(await simulatedHost()), 'overlay')
console.log(\`\${report.failures.length} failures, overlay is live: \${pass}\`)
`

const USE_IN_TYPESCRIPT = `
import { type ApplyReport, apply, DEFAULT_NODE_CONFIG, type Host, openHost, readNodeConfig } from 'seatrial'
import { fork, matchers, powerCut, reboot, runScript, simulatedHost } from 'seatrial/test'
import { expect } from 'vitest'

expect.extend(matchers)
const host: Host = await openHost('sim:debian-12')
const reading = readNodeConfig('', 'seatrial.toml')
const report: ApplyReport = await apply(host, reading.ok ? reading.config : DEFAULT_NODE_CONFIG)
const failures: number = report.failures.length
const simulated = fork(await simulatedHost('debian-12', { seed: 7 }))
await reboot(simulated)
await powerCut(simulated)
const exitCode: number = (await runScript(simulated, 'true')).exitCode
await expect(simulated).toHaveSysctl('net.ipv4.ip_forward', failures + exitCode)
// @ts-expect-error A matcher that does not exist.
await expect(simulated).toHaveSysctls('net.ipv4.ip_forward', 1)
// @ts-expect-error A host is no name.
await apply('sim:debian-12', DEFAULT_NODE_CONFIG)
`

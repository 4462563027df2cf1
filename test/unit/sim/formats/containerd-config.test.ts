import { describe, expect, it } from 'vitest'
import { startUris } from '../../../../sim/containerd/registrations.ts'
import { dumpConfig, loadForDump, readRelease } from '../../../../sim/formats/containerd-config.ts'
import { proxyPlugins } from '../../../../sim/formats/containerd-proxies.ts'
import type { ConfigLog } from '../../../../sim/formats/containerd-release.ts'
import { GoError, GoPanic } from '../../../../sim/formats/go-toml/go-error.ts'
import { Log } from '../../../../sim/formats/logrus.ts'
import { KernelError } from '../../../../src/host/errno.ts'
import { Unsimulated } from '../../../../src/host/host.ts'
import { answersOf, cases, readRecording } from '../../../parity/recorded-containerd.ts'

/** The files of a case, as a program sees them. */
function filesOf(files: Readonly<Record<string, string>>) {
  const paths = Object.keys(files)
  return {
    readText(path: string): string {
      const content = files[path]
      if (content !== undefined) return content
      throw new KernelError(paths.some(other => other.startsWith(`${path}/`)) ? 'EISDIR' : 'ENOENT')
    },
    readdir(path: string): string[] {
      const below = paths
        .filter(other => other.startsWith(`${path}/`))
        .map(other => other.slice(path.length + 1))
      if (below.length === 0) throw new KernelError('ENOENT')
      return [...new Set(below.map(name => name.replace(/\/.*/s, '')))].sort()
    },
    exists: (path: string): boolean => paths.some(other => other === path || other.startsWith(`${path}/`)),
  }
}

/** Go's map of loaded files has no order: the list is compared sorted. */
const sortImports = (text: string): string =>
  text.replace(
    /^imports = \[(.*)\]$/m,
    (_, list: string) => `imports = [${list.split(', ').sort().join(', ')}]`,
  )

/** What `--config` names. */
function configPathOf(argv: readonly string[]): string {
  const at = argv.findIndex(word => word === '-c' || word === '--config')
  return (at < 0 ? undefined : argv[at + 1]) ?? '/etc/containerd/config.toml'
}

describe.each(['1.4.13', '1.6.20', '1.7.24', '2.1.9'])('containerd %s config dump', version => {
  const recording = readRecording(version)
  const release = readRelease(recording.version, recording.base['dump.stdout'] ?? '')

  it.each(cases)('says of $name what the real one said', row => {
    const recorded = answersOf(recording, row.name)
    const path = configPathOf(row.argv ?? [])
    let stderr = ''
    const write = (line: string): void => {
      stderr += line.replace(/time="[^"]*"/, 'time="TIME"')
    }
    const logger = new Log({ write, now: () => 0 })
    const log = ({ level, message, fields }: ConfigLog): void => logger.write(level, message, fields)
    let answer = { exit: '0\n', stdout: '' }
    try {
      const config = loadForDump(release, path, { files: filesOf(row.files ?? {}), log })
      proxyPlugins(release, config, log)
      answer.stdout = dumpConfig(release, config, { order: startUris(release, config), log })
    } catch (error) {
      if (error instanceof GoError) stderr += `containerd: ${error.message}\n`
      else if (error instanceof GoPanic) stderr += `panic: ${error.message}\n\ngoroutine 1 [running]:\n`
      else throw error
      answer = { exit: error instanceof GoPanic ? '2\n' : '1\n', stdout: '' }
    }
    expect({ ...answer, stdout: sortImports(answer.stdout), stderr }).toEqual({
      exit: recorded['dump.exit'],
      stdout: sortImports(recorded['dump.stdout'] ?? ''),
      stderr: recorded['dump.stderr'],
    })
  })
})

describe('a release that was not recorded', () => {
  it('is not modelled, and says so', () => {
    const line = 'containerd github.com/containerd/containerd 1.5.9 1.5.9-0ubuntu1'
    expect(() => readRelease(line, '')).toThrow(Unsimulated)
  })
})

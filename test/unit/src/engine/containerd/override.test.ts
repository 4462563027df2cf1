import { describe, expect, it } from 'vitest'
import type { ImportedFile } from '../../../../../src/engine/containerd/imports.ts'
import { overridingImports } from '../../../../../src/engine/containerd/override.ts'
import { describe as describeFailure } from '../../../../../src/engine/failure.ts'

const V1 = { text: '1.7.24', major: 1, minor: 7 }
const V2 = { text: '2.1.9', major: 2, minor: 1 }
const CRI = 'plugins."io.containerd.grpc.v1.cri"'
const MAIN = `version = 2
[${CRI}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
  [${CRI}.containerd.runtimes.runc.options]
    SystemdCgroup = true
`

const imported = (name: string, text: string): ImportedFile => ({
  path: `/etc/containerd/conf.d/${name}`,
  state: { isThere: true, text, digest: '', mode: 0o644, ctimeSeconds: 0 },
  importedBy: '/etc/containerd/config.toml',
  line: 1,
})

const found = (release: typeof V1, ...imports: readonly ImportedFile[]): readonly string[] =>
  overridingImports(
    { text: MAIN, path: '/etc/containerd/config.toml', release, imports },
    { systemdCgroup: true, sandboxImage: undefined },
  ).map(failure =>
    'file' in failure && 'line' in failure
      ? `${failure.reason} ${failure.file}:${failure.line}`
      : failure.reason,
  )

describe('an import that takes our settings away', () => {
  it('names another value', () => {
    const text = `[${CRI}.containerd.runtimes.runc.options]\n  # no\n  SystemdCgroup = false\n`
    const expected = ['containerd-import-overrides /etc/containerd/conf.d/a.toml:3']
    expect(found(V2, imported('a.toml', text))).toEqual(expected)
  })

  it('replaces the whole table of the plugin up to 1.7, and is merged key by key since 2.0', () => {
    const text = `[${CRI}]\n  sandbox_image = "mirror/pause:1"\n`
    expect(found(V1, imported('a.toml', text))).toEqual([
      'containerd-import-overrides /etc/containerd/conf.d/a.toml:1',
    ])
    expect(found(V2, imported('a.toml', text))).toEqual([])
  })

  it('is made good by a later one', () => {
    const bad = imported('a.toml', `[${CRI}.containerd.runtimes.runc.options]\nSystemdCgroup = false\n`)
    const good = imported(
      'b.toml',
      `[${CRI}.containerd.runtimes.runc]\nruntime_type = "io.containerd.runc.v2"\n[${CRI}.containerd.runtimes.runc.options]\nSystemdCgroup = true\n`,
    )
    expect(found(V1, bad, good)).toEqual([])
    expect(found(V1, good, bad)).not.toEqual([])
  })

  it('disables the CRI plugin, under any of its names', () => {
    for (const name of ['cri', 'io.containerd.grpc.v1.cri', 'io.containerd.cri.v1.images']) {
      const file = imported('a.toml', `\ndisabled_plugins = ["btrfs", "${name}"]\n`)
      expect(found(V2, file)).toEqual(['containerd-import-overrides /etc/containerd/conf.d/a.toml:2'])
    }
  })

  it('is not TOML, or not there: then containerd would not start', () => {
    expect(found(V1, imported('a.toml', 'a = \n'))).toEqual([
      'config-unreadable /etc/containerd/conf.d/a.toml:1',
    ])
    const absent: ImportedFile = {
      path: '/x',
      importedBy: '/y',
      line: 1,
      state: { isThere: false, errno: 'ENOENT' },
    }
    expect(found(V1, absent)).toEqual(['file-unreadable'])
  })

  it('that is about something else does no harm', () => {
    expect(found(V1, imported('a.toml', 'version = 2\n[metrics]\n  address = "127.0.0.1:1338"\n'))).toEqual(
      [],
    )
  })
})

describe('what an operator reads', () => {
  it('names file, line, key and both values', () => {
    const text = `[${CRI}.containerd.runtimes.runc.options]\nSystemdCgroup = false\n`
    const [failure] = overridingImports(
      { text: MAIN, path: '/c', release: V2, imports: [imported('a.toml', text)] },
      { systemdCgroup: true, sandboxImage: undefined },
    )
    expect(failure && describeFailure(failure)).toBe(
      '/etc/containerd/conf.d/a.toml, line 2 is imported and wins: ' +
        'plugins.io.containerd.grpc.v1.cri.containerd.runtimes.runc.options.SystemdCgroup would be false instead of true. ' +
        'Change or remove it there.',
    )
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ConfigurationFile } from '../../../src/engine/facts/modules-load.ts'
import { decidingAssignment, hostLoaders } from '../../../src/engine/sysctl-loaders.ts'

interface Recorded {
  readonly initial: string
  readonly procpsMajor: number
  readonly rows: readonly ({ readonly files: Readonly<Record<string, string>> } & Readonly<
    Record<'sysctl --system' | 'systemd-sysctl', string>
  >)[]
}

const FOLDER = `${import.meta.dirname}/recorded`
const RECORDED = readdirSync(FOLDER).map((file): [string, Recorded] => [
  file.replace('.json', ''),
  JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')),
])
const PRECEDENCE = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d']

/** The files in the order in which a loader reads them, the masked ones left out. */
function inOrder(
  files: Readonly<Record<string, string>>,
  withSysctlConf: boolean,
): readonly ConfigurationFile[] {
  const byName = new Map<string, ConfigurationFile>()
  for (const directory of PRECEDENCE) {
    for (const [path, text] of Object.entries(files)) {
      const name = path.slice(directory.length + 1)
      if (path === `${directory}/${name}` && !byName.has(name)) byName.set(name, { path, text })
    }
  }
  const sorted = [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file)
  const conf = files['/etc/sysctl.conf']
  return withSysctlConf && conf !== undefined ? [...sorted, { path: '/etc/sysctl.conf', text: conf }] : sorted
}

describe.each(RECORDED)('on %s', (_release, recorded) => {
  describe.each(hostLoaders(recorded.procpsMajor))('what $name makes of files', loader => {
    it.each(recorded.rows.map(row => [JSON.stringify(row.files), row] as const))('%s', (_title, row) => {
      const files = inOrder(row.files, loader.name === 'sysctl --system')
      const deciding = decidingAssignment(loader, 'net.ipv4.ip_forward', files)
      expect(deciding?.value ?? recorded.initial).toBe(row[loader.name])
    })
  })
})

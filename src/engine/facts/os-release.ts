import type { Fact } from './fact.ts'
import { contentLines, textOf } from './replies.ts'

/** Which distribution it is: os-release(5). */
export interface OsRelease {
  /** `debian`, `ubuntu`, `rhel`; `linux` where the file does not say, as os-release(5) has it. */
  readonly id: string
  readonly idLike: readonly string[]
  readonly versionId?: string
  readonly prettyName: string
}

export const osRelease: Fact<OsRelease> = {
  name: 'os-release',
  requests: () => [{ kind: 'read', path: '/etc/os-release' }],
  parse: ([reply]) => {
    const fields = assignments(textOf(reply) ?? '')
    const versionId = fields.get('VERSION_ID')
    return {
      id: fields.get('ID') ?? 'linux',
      idLike: (fields.get('ID_LIKE') ?? '').split(' ').filter(id => id !== ''),
      ...(versionId !== undefined && { versionId }),
      prettyName: fields.get('PRETTY_NAME') ?? 'Linux',
    }
  },
}

/** Shell-like assignments: the value can be quoted; a backslash escapes `$`, quotes, backslash and backtick. */
function assignments(text: string): ReadonlyMap<string, string> {
  return new Map(
    contentLines(text).flatMap(({ text: line }) => {
      const [, name, value] = /^([A-Z0-9_]+)=(.*)$/.exec(line) ?? []
      if (name === undefined || value === undefined) return []
      const unquoted = /^(["'])(.*)\1$/.exec(value)?.[2] ?? value
      return [[name, unquoted.replace(/\\(["'$`\\])/g, '$1')] as const]
    }),
  )
}

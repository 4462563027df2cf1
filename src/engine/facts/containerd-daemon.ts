import type { Fact } from './fact.ts'
import { run, said } from './replies.ts'

/** What the running containerd says of itself. */
export interface ContainerdDaemon {
  /** The release of the process, which an upgrade of the package leaves behind; undefined: it does not answer. */
  readonly release?: string
  /** `ok`, `error`, `skip`; `disabled` where the plugin is not in the list; `unknown` where nobody answers. */
  readonly criStatus: string
}

/** The daemon gets this long to answer: by itself ctr would try for ten seconds where there is no socket. */
const CTR = ['ctr', '--connect-timeout', '2s'] as const

/** Exits 0 when the CRI plugin of the running containerd is ok. */
export const criIsOk = [
  'sh',
  '-c',
  `${CTR.join(' ')} plugins ls | grep -Eq '^io[.]containerd[.]grpc[.]v1 +cri +[^ ]+ +ok *$'`,
] as const

export const containerdDaemon: Fact<ContainerdDaemon> = {
  name: 'containerd-daemon',
  requests: () => [run(...CTR, 'version'), run(...CTR, 'plugins', 'ls')],
  parse: ([version, plugins]) => {
    const release = /^Server:\n +Version: +(\S+)/m.exec(said(version)?.stdout ?? '')?.[1]
    const answer = said(plugins)
    return {
      ...(release !== undefined && { release: release.replace(/^v/, '') }),
      criStatus: answer?.exitCode === 0 ? criStatusOf(answer.stdout) : 'unknown',
    }
  },
}

/** Columns: type, id, platforms, status. */
function criStatusOf(table: string): string {
  const rows = table.split('\n').map(row => row.trim().split(/\s+/))
  const cri = rows.find(([type, id]) => type === 'io.containerd.grpc.v1' && id === 'cri')
  return cri?.at(-1) ?? 'disabled'
}

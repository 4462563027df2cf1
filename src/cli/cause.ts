import type { ReportFailure } from '../format/report.ts'

/** One thing that went wrong, and on which hosts: the failure as the first of them told it. */
export interface Cause {
  readonly failure: ReportFailure
  readonly hosts: readonly string[]
}

export interface FailedHost {
  readonly name: string
  readonly failures: readonly ReportFailure[]
}

/** Failures with the same cause taken together, the most frequent first. */
export function causesOf(hosts: readonly FailedHost[]): readonly Cause[] {
  const causes = new Map<string, { failure: ReportFailure; hosts: string[] }>()
  for (const { name, failures } of hosts)
    for (const failure of failures) {
      const key = `${failure.reason}\n${normalised(failure.description, name)}`
      const cause = causes.get(key) ?? { failure, hosts: [] }
      if (!cause.hosts.includes(name)) cause.hosts.push(name)
      causes.set(key, cause)
    }
  return [...causes.values()].sort((a, b) => b.hosts.length - a.hosts.length)
}

/**
 * What is said of a host without what is the host's own: its name as it was given, with and without what stands before
 * colon and at sign, and digests, process ids and clock times. Exit statuses and line numbers stay: they tell causes apart.
 */
export function normalised(text: string, host: string): string {
  return ownNames(host)
    .reduce(
      (left, name) => left.replace(new RegExp(`(?<![\\w-])${escaped(name)}(?![\\w-])`, 'g'), 'HOST'),
      text,
    )
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/g, 'DIGEST')
    .replace(/\[\d+\]|\bpid \d+/gi, 'PID')
    .replace(/\b\d{1,2}:\d{2}:\d{2}(\.\d+)?\b/g, 'TIME')
}

function ownNames(host: string): readonly string[] {
  const address = host.slice(host.indexOf(':') + 1)
  const withoutUser = address.slice(address.indexOf('@') + 1)
  const withoutPort = withoutUser.replace(/(:\d+)?(\?.*)?$/, '')
  return [host, address, withoutUser, withoutPort].filter(name => name.length > 1)
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

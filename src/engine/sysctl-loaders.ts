import type { ConfigurationFile } from './facts/modules-load.ts'
import { contentLines } from './facts/replies.ts'
import { normalizeSysctlKey, sysctlValue } from './facts/sysctl.ts'
import type { SysctlLoader } from './failure.ts'

/** A line of a sysctl file. */
export interface Assignment {
  readonly file: string
  readonly line: number
  /** As it is written, without the leading `-`. */
  readonly key: string
  /** With slashes; can be a pattern. */
  readonly path: string
  /** Undefined for `-key` without a value, which only keeps patterns from setting the key. */
  readonly value: string | undefined
}

/** One of the programs that load the files, as the host has it. */
export interface HostLoader {
  readonly name: SysctlLoader
  /** Whether `*`, `?` and `[` in a key stand for others; otherwise such a line sets nothing. */
  readonly takesPatterns: boolean
}

/** procps 3.3.17 of Debian 11 passes over lines with a pattern, procps 4.0 takes them, and so do all systemd-sysctl (recorded). */
const FIRST_PROCPS_WITH_PATTERNS = 4

/** Both loaders of a host. A procps that does not say its version is taken for a new one. */
export const hostLoaders = (procpsMajor = FIRST_PROCPS_WITH_PATTERNS): readonly HostLoader[] => [
  { name: 'sysctl --system', takesPatterns: procpsMajor >= FIRST_PROCPS_WITH_PATTERNS },
  { name: 'systemd-sysctl', takesPatterns: true },
]

/** Keys that the kernel keeps equal: a write to either sets both (net/ipv4/devinet.c, devinet_sysctl_forward). */
const SAME_SWITCH: Readonly<Record<string, readonly string[]>> = {
  'net/ipv4/ip_forward': ['net/ipv4/conf/all/forwarding'],
}

/** The assignments of a file, in its order; the syntax is the same for both loaders. */
export function sysctlAssignments({ path: file, text }: ConfigurationFile): readonly Assignment[] {
  return contentLines(text).flatMap(({ number: line, text: content }) => {
    const [, dash, name, value] = /^(-?)([^=]*)(?:=(.*))?$/.exec(content) ?? []
    const key = name?.trim() ?? ''
    if (key === '' || (value === undefined && dash === '')) return []
    return [{ file, line, key, path: normalizeSysctlKey(key), value: value && sysctlValue(value) }]
  })
}

/**
 * The line that decides what a key is after a loader went through the files in their order, or the line that keeps it
 * from being set; undefined when no line names it.
 *
 * procps 4 (src/sysctl.c, write_setting_list) writes line for line; a pattern passes over every key that any line
 * names in full. systemd-sysctl (src/sysctl/sysctl.c, parse_file) keeps one value a key, which a later line with
 * another value moves to the end, and which `-key` takes away.
 */
export function decidingAssignment(
  loader: HostLoader,
  key: string,
  files: readonly ConfigurationFile[],
): Assignment | undefined {
  const all = files
    .flatMap(sysctlAssignments)
    .filter(assignment => loader.takesPatterns || !isPattern(assignment.path))
  const path = normalizeSysctlKey(key)
  const switches = [path, ...(SAME_SWITCH[path] ?? [])]
  const inOrder = loader.name === 'systemd-sysctl' ? onePerKey(all) : all
  const named = new Set(inOrder.map(assignment => assignment.path))
  const writes = inOrder.filter(
    assignment =>
      assignment.value !== undefined &&
      switches.some(one =>
        isPattern(assignment.path)
          ? !named.has(one) && matches(assignment.path, one)
          : assignment.path === one,
      ),
  )
  return writes.at(-1) ?? inOrder.find(assignment => assignment.path === path)
}

function onePerKey(assignments: readonly Assignment[]): readonly Assignment[] {
  const byPath = new Map<string, Assignment>()
  for (const assignment of assignments) {
    if (byPath.get(assignment.path)?.value === assignment.value && byPath.has(assignment.path)) continue
    byPath.delete(assignment.path)
    byPath.set(assignment.path, assignment)
  }
  return [...byPath.values()]
}

const isPattern = (path: string): boolean => /[*?[]/.test(path)

/** glob(7) within one path: `*` and `?` do not match a slash. */
function matches(pattern: string, path: string): boolean {
  const source = pattern.replace(/\[!|[.+^${}()|\\]|\*|\?/g, token => GLOB[token] ?? `\\${token}`)
  return new RegExp(`^${source}$`).test(path)
}

const GLOB: Readonly<Record<string, string>> = { '*': '[^/]*', '?': '[^/]', '[!': '[^' }

import type { Fact } from './fact.ts'
import { contentLines, directoryState, run, said, textOf } from './replies.ts'

/** A module of the configuration, as the running kernel has it. Names have underscores, as in /proc/modules. */
export interface ModuleFact {
  readonly name: string
  /** `missing`: neither compiled in nor in the module directory; `unknown`: there is no modprobe to say. */
  readonly source: 'builtin' | 'loadable' | 'missing' | 'unknown'
  readonly isLive: boolean
  /** What the module is for is there, whoever brought it. */
  readonly hasEffect: boolean
}

/** `-` and `_` are the same in a module's name: kmod's modname_normalize. */
export const moduleName = (name: string): string => name.replaceAll('-', '_')

/**
 * `modprobe --show-depends` says what modprobe would do, and does nothing: `builtin NAME`, or one `insmod PATH` a
 * module; exit 1 when the module directory has no such module.
 */
export const kernelModules: Fact<readonly ModuleFact[]> = {
  name: 'kernel-modules',
  requests: config => [
    { kind: 'read', path: '/proc/modules' },
    { kind: 'read', path: '/proc/filesystems' },
    { kind: 'list', path: '/proc/sys/net' },
    ...config.modules.map(module => run('modprobe', '--show-depends', module)),
  ],
  parse: ([modules, filesystems, net, ...depends], config) => {
    const live = new Set(rows(textOf(modules)).map(row => row.split(' ')[0]))
    const effects = new Set([
      ...rows(textOf(filesystems)).map(row => row.split(/\s+/).at(-1)),
      ...directoryState('/proc/sys/net', net).entries.map(entry => `net/${entry.name}`),
    ])
    return config.modules.map((given, i) => {
      const name = moduleName(given)
      const isLive = live.has(name)
      return {
        name,
        source: sourceOf(said(depends[i])),
        isLive,
        hasEffect: isLive || effects.has(EFFECT[name]),
      }
    })
  },
}

const rows = (text: string | undefined): string[] => contentLines(text ?? '').map(line => line.text)

/** What is there when a module did its work: a type in /proc/filesystems, or a directory of /proc/sys/net. */
const EFFECT: Readonly<Record<string, string>> = {
  overlay: 'overlay',
  br_netfilter: 'net/bridge',
}

function sourceOf(answer: ReturnType<typeof said>): ModuleFact['source'] {
  if (answer === undefined) return 'unknown'
  if (answer.exitCode !== 0) return 'missing'
  return answer.stdout.startsWith('builtin ') ? 'builtin' : 'loadable'
}

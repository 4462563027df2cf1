import type { Fact } from './fact.ts'
import { type ConfigurationFile, configurationFiles } from './modules-load.ts'
import { type DirectoryState, directoryState, type FileState, fileState, run, said } from './replies.ts'

/** The files that set sysctls, now and at boot. */
export interface SysctlFiles {
  /** The file that is ours to keep. */
  readonly ours: FileState
  readonly directoryExists: boolean
  /** The files of the sysctl.d directories, those that are masked left out, in the order in which they are read. */
  readonly dropIns: readonly ConfigurationFile[]
  /** /etc/sysctl.conf, which only procps reads by itself. */
  readonly sysctlConf: FileState
  /** 4 for procps 4.0.2, which takes patterns where 3 does not; undefined where sysctl does not say. */
  readonly procpsMajor?: number
}

export const SYSCTL_FILE = '/etc/sysctl.d/k8s.conf'
export const SYSCTL_CONF = '/etc/sysctl.conf'

/** In the order of precedence of both loaders. /lib/sysctl.d comes last where /lib is not a link to /usr/lib. */
const DIRECTORIES = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map(root => `${root}/sysctl.d`)

export const sysctlFiles: Fact<SysctlFiles> = {
  name: 'sysctl-files',
  requests: () => [
    { kind: 'read', path: SYSCTL_FILE },
    { kind: 'read', path: SYSCTL_CONF },
    run('sysctl', '--version'),
    ...DIRECTORIES.map(path => ({ kind: 'list', path, contentOf: '.conf' }) as const),
  ],
  parse: ([ours, sysctlConf, version, ...lists]) => {
    const major = /^sysctl from procps-ng (\d+)\./.exec(said(version)?.stdout ?? '')?.[1]
    const states: readonly DirectoryState[] = DIRECTORIES.map((path, i) => directoryState(path, lists[i]))
    return {
      ours: fileState(ours),
      directoryExists: states[0]?.errno === undefined,
      dropIns: configurationFiles(states),
      sysctlConf: fileState(sysctlConf),
      ...(major !== undefined && { procpsMajor: Number(major) }),
    }
  },
}

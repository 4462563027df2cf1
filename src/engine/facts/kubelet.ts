import type { Reply } from '../../host/host.ts'
import { decodeText } from '../../host/surrogate-escape.ts'
import type { Fact } from './fact.ts'
import { contentLines, directoryState, type FileState, fileState, run, said } from './replies.ts'

/** The installed kubelet and what it is set up with. */
export interface KubeletFact {
  /** `1.31.2`; undefined where the kubelet is not installed. */
  readonly version?: string
  readonly configPath: string
  readonly config: FileState
  /** The command line flags that unit drop-ins and environment files give it. */
  readonly flags: readonly KubeletFlag[]
}

export interface KubeletFlag {
  /** Without the dashes. */
  readonly name: string
  readonly value: string
  readonly file: string
  readonly line: number
}

/** kubeadm's own, and the two that the packages' drop-in sources (10-kubeadm.conf). */
const ENVIRONMENT_FILES = [
  '/var/lib/kubelet/kubeadm-flags.env',
  '/etc/default/kubelet',
  '/etc/sysconfig/kubelet',
]
const DROP_IN_DIRECTORIES = ['/usr/lib', '/etc'].map(root => `${root}/systemd/system/kubelet.service.d`)

export const kubelet: Fact<KubeletFact> = {
  name: 'kubelet',
  requests: config => [
    run('kubelet', '--version'),
    { kind: 'read', path: config.kubelet.configPath },
    ...DROP_IN_DIRECTORIES.map(path => ({ kind: 'list', path, contentOf: '.conf' }) as const),
    ...ENVIRONMENT_FILES.map(path => ({ kind: 'read', path }) as const),
  ],
  parse: ([version, file, ...sources], config) => {
    const release = /v(\d+\.\d+\.\d+\S*)/.exec(said(version)?.stdout ?? '')?.[1]
    const environment = sources.slice(DROP_IN_DIRECTORIES.length)
    return {
      ...(release !== undefined && { version: release }),
      configPath: config.kubelet.configPath,
      config: fileState(file),
      flags: [
        ...DROP_IN_DIRECTORIES.flatMap((path, i) => dropInFlags(path, sources[i])),
        ...ENVIRONMENT_FILES.flatMap((path, i) => {
          const state = fileState(environment[i])
          return state.isThere ? flagsIn(path, state.text) : []
        }),
      ],
    }
  },
}

const dropInFlags = (path: string, reply: Reply | undefined): KubeletFlag[] =>
  directoryState(path, reply).entries.flatMap(({ name, content }) =>
    typeof content === 'object' ? flagsIn(`${path}/${name}`, decodeText(content)) : [],
  )

/** Every `--name=value` and `--name value` of a file, with its line. */
const flagsIn = (file: string, text: string): KubeletFlag[] =>
  contentLines(text).flatMap(line =>
    [...line.text.matchAll(/--([a-z0-9-]+)(?:(?:=|\s+(?![-"']))([^\s"']+))?/g)].map(([, name, value]) => ({
      name: name ?? '',
      value: value ?? '',
      file,
      line: line.number,
    })),
  )

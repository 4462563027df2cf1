import type { Host } from '../src/host/host.ts'
import { call } from './cri/grpc.ts'
import {
  decodeMessage,
  encodeMessage,
  type Message,
  mapAt,
  messageAt,
  numberAt,
  textAt,
} from './cri/protobuf.ts'

/**
 * A small client of the Container Runtime Interface, for the tests: does a node run pods? Numbers of fields are those of
 * pkg/apis/runtime/v1/api.proto in kubernetes/cri-api; those used here are the same in v1alpha2.
 */
export interface Cri {
  /** Starts a pod's sandbox with the runtime handler `runc`; resolves to its id. */
  runPodSandbox(sandbox: PodSandbox): Promise<string>
  podSandboxStatus(id: string): Promise<PodSandboxStatus>
  stopPodSandbox(id: string): Promise<void>
  removePodSandbox(id: string): Promise<void>
  /** The id of an image by its name; undefined: the runtime has none of that name. */
  imageStatus(name: string): Promise<string | undefined>
}

/** What is asked for. */
export interface PodSandbox {
  readonly name: string
  /** As the kubelet writes it: `/kubepods.slice` for the cgroup driver systemd, `/kubepods` for cgroupfs. */
  readonly cgroupParent: string
}

/** What came of it. */
export interface PodSandboxStatus {
  readonly isReady: boolean
  /** Of its pause process, as the host counts; 0 when none runs. */
  readonly pid: number
  /** The name of the image that it runs, or its id. */
  readonly image: string
  /** Where runc was told to put its cgroup: `kubepods.slice:cri-containerd:ID` or `/kubepods/ID`. */
  readonly cgroupsPath: string
}

const SOCKET = '/run/containerd/containerd.sock'

/** containerd 1.4 and 1.5 know v1alpha2 alone, 2.0 dropped it. */
export type CriVersion = 'v1' | 'v1alpha2'

/** What the containerd of a release speaks: Debian 11 has 1.4. */
export const criVersionOf = (release: string): CriVersion => (release === 'debian-11' ? 'v1alpha2' : 'v1')

/** Speaks to containerd on a host. */
export function openCri(host: Pick<Host, 'send'>, version: CriVersion): Cri {
  const ask = async (method: string, message: Message) =>
    decodeMessage(
      await call(host, {
        socket: SOCKET,
        method: `/runtime.${version}.${method}`,
        message: encodeMessage(message),
      }),
    )
  return {
    runPodSandbox: async sandbox => textAt(await ask('RuntimeService/RunPodSandbox', runRequest(sandbox)), 1),
    podSandboxStatus: async id => statusOf(await ask('RuntimeService/PodSandboxStatus', verboseRequest(id))),
    stopPodSandbox: async id => void (await ask('RuntimeService/StopPodSandbox', [[1, id]])),
    removePodSandbox: async id => void (await ask('RuntimeService/RemovePodSandbox', [[1, id]])),
    imageStatus: async name => {
      const image = messageAt(await ask('ImageService/ImageStatus', [[1, [[1, name]]]]), 1)
      return image === undefined ? undefined : textAt(image, 1)
    },
  }
}

/** The network of the node itself: a network of its own would need CNI plugins. */
const NODE = 2

function runRequest({ name, cgroupParent }: PodSandbox): Message {
  const metadata: Message = [
    [1, name],
    [2, `${name}-uid`],
    [3, 'default'],
  ]
  const securityContext: Message = [[1, [[1, NODE]]]]
  const linux: Message = [
    [1, cgroupParent],
    [2, securityContext],
  ]
  const config: Message = [
    [1, metadata],
    [8, linux],
  ]
  return [
    [1, config],
    [2, 'runc'],
  ]
}

const verboseRequest = (id: string): Message => [
  [1, id],
  [2, true],
]

/** What containerd adds when it is asked to be verbose: pkg/cri/server/sandbox_status.go, SandboxInfo. */
interface VerboseInfo {
  readonly pid?: number
  readonly image?: string
  readonly runtimeSpec?: { readonly linux?: { readonly cgroupsPath?: string } }
}

function statusOf(fields: ReturnType<typeof decodeMessage>): PodSandboxStatus {
  const { info = '{}' } = mapAt(fields, 2)
  const verbose: VerboseInfo = JSON.parse(info)
  return {
    isReady: numberAt(messageAt(fields, 1) ?? [], 3) === 0,
    pid: verbose.pid ?? 0,
    image: verbose.image ?? '',
    cgroupsPath: verbose.runtimeSpec?.linux?.cgroupsPath ?? '',
  }
}

import type { Process } from '../process.ts'

/** Where kubeadm and the kubelet look for a runtime, of those that are modelled. */
export const CONTAINERD_ENDPOINT = 'unix:///var/run/containerd/containerd.sock'

/** Why a runtime does not answer at an endpoint over CRI v1: gRPC's status, in the words of the client's release. */
export function criFailure(process: Process, endpoint: string, minor: number): string | undefined {
  const path = socketPath(process, endpoint)
  const dial = (reason: string): string =>
    `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing${minor >= 27 ? ':' : ''} dial unix ${endpoint.replace('unix://', '')}: connect: ${reason}"`
  if (!process.exists(path)) return dial('no such file or directory')
  const { containerd } = process.system.bus
  const connection = containerd.connect(path)
  if (connection === undefined) return dial('connection refused')
  const service = connection.plugins.find(({ id }) => id === 'cri')
  const isServed = service?.status === 'ok' && (hasV1(containerd.release.version) || minor < 26)
  return isServed
    ? undefined
    : 'rpc error: code = Unimplemented desc = unknown service runtime.v1.RuntimeService'
}

/** containerd serves CRI v1 since 1.6 (releases/v1.6.0.toml of its sources). */
function hasV1(version: string): boolean {
  const [, major = '0', minor = '0'] = /^v?(\d+)\.(\d+)/.exec(version) ?? []
  return Number(major) > 1 || Number(minor) >= 6
}

/** /var/run is a link to /run: the daemon is known by the path that it was told. */
function socketPath(process: Process, endpoint: string): string {
  const path = endpoint.replace(/^unix:\/\//, '')
  return path.replace(/^\/var\/run\//, '/run/') === path || process.exists(path)
    ? path.replace(/^\/var\/run\//, '/run/')
    : path
}

/** What validating the connection to a runtime says: `NewRemoteRuntimeService` of pkg/kubelet/cri/remote. */
export function connectionFailure(process: Process, endpoint: string, minor: number): string | undefined {
  const failure = criFailure(process, endpoint, minor)
  if (failure === undefined) return undefined
  if (minor < 26) return `unable to determine runtime API version: ${failure}`
  const what =
    minor >= 27
      ? 'validate CRI v1 runtime API for endpoint'
      : 'CRI v1 runtime API is not implemented for endpoint'
  return `validate service connection: ${what} "${endpoint}": ${failure}`
}

/**
 * The tag of the pause image that kubeadm expects, by the minor version of Kubernetes 1: PauseVersion in
 * cmd/kubeadm/app/constants/constants.go of the release branches, as minikube's generated
 * pkg/minikube/constants/constants_kubeadm_images.go lists it for every release up to 1.32; 1.33 to 1.35 from
 * release notes and charts that quote the constant.
 */
const PAUSE_VERSIONS: readonly (readonly [sinceMinor: number, tag: string])[] = [
  [16, '3.1'],
  [18, '3.2'],
  [21, '3.4.1'],
  [22, '3.5'],
  [23, '3.6'],
  [24, '3.7'],
  [25, '3.8'],
  [26, '3.9'],
  [31, '3.10'],
  [34, '3.10.1'],
]

/** The newest minor version that the table was checked for. */
const LAST_MINOR = 35

/** The minor version of Kubernetes 1: 31 for `1.31.2`. */
export const minorVersion = (version: string): number =>
  Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? Number.NaN)

/** The pause image that kubeadm of a version expects; undefined for versions that the table does not know. */
export function pauseImage(kubernetesVersion: string): string | undefined {
  const minor = minorVersion(kubernetesVersion)
  if (!(minor <= LAST_MINOR)) return undefined
  const tag = PAUSE_VERSIONS.findLast(([since]) => since <= minor)?.[1]
  return tag === undefined ? undefined : `registry.k8s.io/pause:${tag}`
}

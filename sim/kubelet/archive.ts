import type { ArchivePackage, Catalogue } from '../../src/format/catalogue.ts'
import { digestOf } from '../../src/host/digest.ts'
import { encodeText } from '../../src/host/surrogate-escape.ts'
import { contentStore } from '../fs/bytes.ts'
import { MINORS } from './release.ts'

/**
 * The packages of https://pkgs.k8s.io, one archive a minor version, as kubernetes/release describes them
 * (cmd/krel/templates/latest): source-read, not recorded. What cannot be read there, the sizes, is 0; only the
 * first patch of a minor version is there.
 */
export function kubernetesArchive(uri: string): Catalogue | undefined {
  const minor = Number(/^https:\/\/pkgs\.k8s\.io\/core:\/stable:\/v1\.(\d+)\/deb$/.exec(uri)?.[1])
  if (!MINORS.includes(minor)) return undefined
  const known = archives.get(minor)
  if (known !== undefined) return known
  const archive = archiveOf(minor, uri)
  contentStore.addImage(archive.content)
  archives.set(minor, archive)
  return archive
}

const archives = new Map<number, Catalogue>()

const UNIT = `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=10

[Install]
WantedBy=multi-user.target
`

const DROP_IN = `# Note: This dropin only works with kubeadm and kubelet v1.11+
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
# This is a file that "kubeadm init" and "kubeadm join" generates at runtime, populating the KUBELET_KUBEADM_ARGS variable dynamically
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
# This is a file that the user can use for overrides of the kubelet args as a last resort. Preferably, the user should use
# the .NodeRegistration.KubeletExtraArgs object in the configuration files instead. KUBELET_EXTRA_ARGS should be sourced from this file.
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`

/** A file of a package: a directory, a text, or a program of which nothing is known. */
type File = readonly [path: string, mode: string, text?: string]

interface Described {
  readonly name: string
  readonly version: string
  readonly summary: string
  readonly relations: string
  readonly files: readonly File[]
  readonly conffiles?: readonly string[]
}

/** What kubeadm depends on: metadata.yaml of kubernetes/release. */
function kubeadmDepends(minor: number): string {
  if (minor >= 32) return ''
  if (minor >= 30) return 'Depends: cri-tools (>= 1.30.0)\n'
  const [cni, tools] =
    minor >= 28 ? ['1.2.0', '1.28.0'] : minor >= 26 ? ['1.1.1', '1.25.0'] : ['0.8.7', '1.23.0']
  return `Depends: kubelet (>= 1.19.0), kubectl (>= 1.19.0), kubernetes-cni (>= ${cni}), cri-tools (>= ${tools})\n`
}

function described(minor: number): readonly Described[] {
  const version = `1.${minor}.0-1.1`
  const cni = minor >= 28 ? '1.2.0' : minor >= 26 ? '1.1.1' : '0.8.7'
  return [
    {
      name: 'cri-tools',
      version: `1.${Math.max(minor, 28)}.0-1.1`,
      summary: 'Command-line utility for interacting with a container runtime',
      relations: '',
      files: [['/usr/bin/crictl', '0755']],
    },
    {
      name: 'kubeadm',
      version,
      summary: 'Command-line utility for administering a Kubernetes cluster',
      relations: kubeadmDepends(minor),
      files: [
        ['/usr/bin/kubeadm', '0755'],
        ['/usr/lib/systemd/system/kubelet.service.d', 'd'],
        ['/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf', '0644', DROP_IN],
      ],
    },
    {
      name: 'kubectl',
      version,
      summary: 'Command-line utility for interacting with a Kubernetes cluster',
      relations: '',
      files: [['/usr/bin/kubectl', '0755']],
    },
    {
      name: 'kubelet',
      version,
      summary: 'Node agent for Kubernetes clusters',
      relations: `Depends: kubernetes-cni (>= ${cni}), mount, util-linux\nRecommends: iptables (>= 1.8.4)\n`,
      files: [
        ['/etc/default', 'd'],
        ['/etc/default/kubelet', '0644', 'KUBELET_EXTRA_ARGS=\n'],
        ['/etc/kubernetes', 'd'],
        ['/etc/kubernetes/manifests', 'd'],
        ['/etc/kubernetes/manifests/.kubelet-keep', '0644', ''],
        ['/usr/bin/kubelet', '0755'],
        ['/usr/lib/systemd/system/kubelet.service', '0600', UNIT],
        ['/var/lib/kubelet', 'd'],
        ['/var/lib/kubelet/.kubelet-keep', '0644', ''],
      ],
      conffiles: ['/etc/default/kubelet'],
    },
    {
      name: 'kubernetes-cni',
      version: `${cni}-1.1`,
      summary: 'Binaries required to provision kubernetes container networking',
      relations: '',
      files: [
        ['/opt', 'd'],
        ['/opt/cni', 'd'],
        ['/opt/cni/bin', 'd'],
        ...['bridge', 'host-local', 'loopback', 'portmap'].map(
          name => [`/opt/cni/bin/${name}`, '0755'] as const,
        ),
      ],
    },
  ]
}

function archiveOf(minor: number, uri: string): Catalogue {
  const content: Record<string, string> = {}
  const packages = described(minor).map(item => packageOf(item, content))
  return {
    format: 'seatrial-catalogue',
    version: 1,
    name: `kubernetes-1.${minor}`,
    provenance: {
      kind: 'archive',
      recordedAt: '2023-08-15T00:00:00Z',
      command: 'source-read: kubernetes/release',
    },
    suites: [{ uri, suite: '/', release: {}, inReleaseBytes: 0, packagesBytes: 0 }],
    packages,
    others: [],
    absent: [],
    mentioned: [],
    content,
    digest: '',
  }
}

/** When the packages of pkgs.k8s.io came to be, for the times of their files. */
const SECONDS = 1_692_057_600

function packageOf(item: Described, content: Record<string, string>): ArchivePackage {
  const keep = (text: string): string => {
    const digest = digestOf(encodeText(text)).slice(0, 32)
    content[digest] = text
    return digest
  }
  const line = ([path, mode, text]: File): string => {
    if (mode === 'd') return `d 0755 0 0 ${SECONDS} 4096 - ${path}`
    return `- ${mode} 0 0 ${SECONDS} ${text?.length ?? 0} ${text === undefined ? '-' : keep(text)} ${path}`
  }
  const conffiles = item.conffiles?.map(path => `${path}\n`).join('') ?? ''
  return {
    name: item.name,
    versions: [`${item.version} 0`],
    stanza: `Package: ${item.name}
Version: ${item.version}
Architecture: amd64
Maintainer: Kubernetes Authors <dev@kubernetes.io>
Priority: optional
Section: admin
Installed-Size: 0
${item.relations}Homepage: https://kubernetes.io
Filename: amd64/${item.name}_${item.version}_amd64.deb
Size: 0
Description: ${item.summary}
 ${item.summary}.
`,
    files: item.files.map(line),
    control: conffiles === '' ? [] : [line(['/conffiles', '0644', conffiles])],
  }
}

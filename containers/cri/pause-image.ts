import { createHash } from 'node:crypto'
import type { Exec, Host } from '../../src/host/host.ts'
import { pauseProgram } from './elf.ts'
import { tar } from './tar.ts'

/**
 * A pause image under a name, as an archive that `ctr images import` takes: the OCI image layout (image-spec,
 * image-layout.md), with containerd's own annotation for the full name. The same bytes for the same name.
 */
export function pauseImageArchive(name: string): Buffer {
  const layer = tar([{ name: 'pause', content: pauseProgram(), mode: 0o755 }])
  const config = json({
    architecture: 'amd64',
    os: 'linux',
    config: { Entrypoint: ['/pause'] },
    rootfs: { type: 'layers', diff_ids: [digest(layer)] },
  })
  const manifest = json({
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: descriptor(`${OCI}.config.v1+json`, config),
    layers: [descriptor(`${OCI}.layer.v1.tar`, layer)],
  })
  const index = json({
    schemaVersion: 2,
    manifests: [
      {
        ...descriptor(`${OCI}.manifest.v1+json`, manifest),
        annotations: { 'io.containerd.image.name': name },
      },
    ],
  })
  const blobs = [config, manifest, layer].map(content => ({ name: blobPath(content), content }))
  return tar([
    { name: 'oci-layout', content: json({ imageLayoutVersion: '1.0.0' }) },
    { name: 'index.json', content: index },
    ...blobs,
  ])
}

/** Gives a host's containerd the pause image under a name, without a network. */
export async function importPauseImage(host: Pick<Host, 'send'>, name: string): Promise<void> {
  const exec: Exec = {
    kind: 'exec',
    argv: ['ctr', '--namespace', 'k8s.io', 'images', 'import', '-'],
    stdin: pauseImageArchive(name),
  }
  const [reply] = await host.send([exec])
  if (reply?.kind === 'exec' && reply.exitCode === 0) return
  const words = reply?.kind === 'exec' ? Buffer.from(reply.stderr).toString() : JSON.stringify(reply)
  throw new Error(`ctr cannot import the image ${name}: ${words}`)
}

const OCI = 'application/vnd.oci.image'

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

const hash = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')

const digest = (content: Uint8Array): string => `sha256:${hash(content)}`

const blobPath = (content: Uint8Array): string => `blobs/sha256/${hash(content)}`

const descriptor = (mediaType: string, content: Uint8Array) => ({
  mediaType,
  digest: digest(content),
  size: content.length,
})

import { copyFileSync, readdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDirectory, cachedDirectory, keyOf } from '../cache.ts'
import { mustRun } from '../command.ts'
import { EnvironmentMissing } from '../environment-missing.ts'
import type { Release } from '../release.ts'
import { buildTree, missingForTree } from '../tree.ts'

/** A built release: a disk that is never written to, and the kernel to start with it. */
export interface VmDisk {
  readonly disk: string
  readonly kernel: string
  readonly initrd: string
}

/**
 * Debian 11's security archive lists a newer kernel package than it still holds (404, recorded): its last point release's
 * own is complete. `package/suite` is apt-get(8)'s.
 */
const KERNEL: Readonly<Record<string, string>> = { 'debian-11': 'linux-image-cloud-amd64/bullseye' }

const packagesOf = (release: Release): string[] => [
  KERNEL[release.name] ?? 'linux-image-cloud-amd64',
  'qemu-guest-agent',
]

const FSTAB = '/dev/vda / ext4 errors=remount-ro 0 1\n'
const SIZE = '4G'

/** A release's disk, from the cache or built now: the container's packages, a kernel and the guest agent. */
export async function vmDisk(release: Release): Promise<VmDisk> {
  const directory = await cachedDirectory(cacheName(release), target => build(release, target))
  return {
    disk: join(directory, 'disk.qcow2'),
    kernel: join(directory, 'vmlinuz'),
    initrd: join(directory, 'initrd.img'),
  }
}

/** Where the disk of a release is, once it is built. */
export const vmDiskDirectory = (release: Release): string => join(cacheDirectory(), cacheName(release))

const cacheName = (release: Release): string =>
  `vm/${release.name}-${keyOf(release.key, FSTAB, SIZE, ...packagesOf(release))}`

async function build(release: Release, target: string): Promise<void> {
  const missing = await missingForTree()
  if (missing !== undefined)
    throw new EnvironmentMissing(`no disk for a virtual machine can be built: ${missing}`)
  const [tree, raw] = [join(target, 'tree'), join(target, 'disk.raw')]
  await buildTree(release, tree, packagesOf(release))
  writeFileSync(join(tree, 'etc/fstab'), FSTAB)
  for (const [prefix, name] of [
    ['vmlinuz-', 'vmlinuz'],
    ['initrd.img-', 'initrd.img'],
  ] as const) {
    copyFileSync(onlyFile(join(tree, 'boot'), prefix), join(target, name))
  }
  await mustRun(['mke2fs', '-q', '-t', 'ext4', '-d', tree, raw, SIZE])
  await mustRun(['qemu-img', 'convert', '-O', 'qcow2', raw, join(target, 'disk.qcow2')])
  await mustRun(['rm', '-rf', '--one-file-system', realpathSync(tree), raw])
}

function onlyFile(directory: string, prefix: string): string {
  const [name, ...others] = readdirSync(directory).filter(entry => entry.startsWith(prefix))
  if (name === undefined || others.length > 0) throw new Error(`expected one ${prefix}* in ${directory}`)
  return join(directory, name)
}

import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDirectory, withLock } from './cache.ts'
import { mustRun, run } from './command.ts'
import { containerImage, imageTag } from './container-image.ts'
import { dockerEngine } from './docker-engine.ts'
import { EnvironmentMissing } from './environment-missing.ts'
import { containerState, launchContainer, removeContainer, stopContainer } from './launch.ts'
import { type Release, readRelease, releaseNames } from './release.ts'
import { missingForTree } from './tree.ts'
import { vmDisk, vmDiskDirectory } from './vm/disk.ts'
import { missingForVm } from './vm/qemu.ts'
import { launchVm, removeVm, stopVm, vmLock } from './vm/start.ts'
import { listVms } from './vm/state.ts'

/** What there is of an environment on this machine. */
export interface EnvironmentStatus {
  readonly isBuilt: boolean
  /** All that is kept of it: what it is built from now and before, with extra packages, and a virtual machine's own disk. */
  readonly sizeBytes: number
  readonly state: 'running' | 'stopped' | 'absent'
  /** One sentence that says what this machine lacks for it. */
  readonly missing?: string
}

/** A real host that can be had by name: `docker:debian-12`, `vm:debian-13`. */
export interface Environment {
  readonly name: string
  status(): Promise<EnvironmentStatus>
  /** Builds what is missing of it. */
  build(): Promise<void>
  /** Leaves it running, so that its name reaches it; interrupted, leaves nothing running. */
  start(signal?: AbortSignal): Promise<void>
  /** Shuts it down; its disk stays, and the next start goes on with it. */
  stop(): Promise<void>
  /** Ends it, and removes all that is kept of it; gives the bytes that this freed. */
  remove(): Promise<number>
}

/** All there are, containers first. */
export function environments(): Environment[] {
  const releases = releaseNames().map(readRelease)
  return [...releases.map(containerEnvironment), ...releases.map(vmEnvironment)]
}

function containerEnvironment(release: Release): Environment {
  const { name } = release
  return {
    name: `docker:${name}`,
    status: () => orMissing(() => withEngine(dockerHost => containerStatus(release, dockerHost))),
    build: () => withEngine(async dockerHost => void (await containerImage(release, dockerHost))),
    start: () => withEngine(dockerHost => launchContainer(release, dockerHost)),
    stop: () =>
      withEngine(async dockerHost => {
        if ((await containerState(name, dockerHost)) === 'running') await stopContainer(name, dockerHost)
      }),
    remove: () => withEngine(dockerHost => removeImages(release, dockerHost)),
  }
}

async function withEngine<T>(work: (dockerHost: string) => Promise<T>): Promise<T> {
  const engine = await dockerEngine()
  try {
    return await work(engine.dockerHost)
  } finally {
    engine.stop()
  }
}

async function containerStatus(release: Release, dockerHost: string): Promise<EnvironmentStatus> {
  const images = await imagesOf(release, dockerHost)
  return {
    isBuilt: images.some(image => image.tag === imageTag(release)),
    sizeBytes: images.reduce((sum, image) => sum + image.sizeBytes, 0),
    state: await containerState(release.name, dockerHost),
  }
}

interface Image {
  readonly tag: string
  readonly sizeBytes: number
}

/** Whatever its key: the images of the release as it is now, as it was, and with extra packages. */
async function imagesOf(release: Release, dockerHost: string): Promise<Image[]> {
  const reference = imageTag(release).split(':')[0] ?? ''
  const list = ['docker', '-H', dockerHost, 'image', 'ls', '--format', '{{.Repository}}:{{.Tag}}'] as const
  const tags = (await mustRun([...list, reference])).split('\n').filter(line => line !== '')
  return Promise.all(
    tags.map(async tag => {
      const inspect = ['docker', '-H', dockerHost, 'image', 'inspect', '--format', '{{.Size}}', tag] as const
      return { tag, sizeBytes: Number(await mustRun(inspect)) }
    }),
  )
}

/** An image that a container of somebody else is made of cannot be removed: it stays. */
async function removeImages(release: Release, dockerHost: string): Promise<number> {
  if ((await containerState(release.name, dockerHost)) !== 'absent')
    await removeContainer(release.name, dockerHost)
  let freedBytes = 0
  for (const { tag, sizeBytes } of await imagesOf(release, dockerHost))
    if ((await run(['docker', '-H', dockerHost, 'image', 'rm', tag])).exitCode === 0) freedBytes += sizeBytes
  return freedBytes
}

function vmEnvironment(release: Release): Environment {
  const { name } = release
  return {
    name: `vm:${name}`,
    status: () => vmStatus(release),
    build: async () => void (await vmDisk(release)),
    start: async signal => {
      const other = listVms().find(vm => vm.name === name && vm.isThrowAway)
      if (other !== undefined) throw new EnvironmentMissing(`vm:${name} belongs to a test that runs`)
      await launchVm(name, signal === undefined ? {} : { signal })
    },
    stop: async () => {
      if (vmOf(name)?.isRunning) await stopVm(name)
    },
    remove: () => withLock(vmLock(name), () => removeDisks(release)),
  }
}

const vmOf = (name: string) => listVms().find(vm => vm.name === name)

async function vmStatus(release: Release): Promise<EnvironmentStatus> {
  const [vm, disks] = [vmOf(release.name), disksOf(release.name)]
  const isBuilt = disks.includes(vmDiskDirectory(release))
  const missing = (await missingForVm()) ?? (isBuilt ? undefined : await missingForTree())
  return {
    isBuilt,
    sizeBytes: disks.reduce((sum, path) => sum + diskUsage(path), vm?.sizeBytes ?? 0),
    state: vm === undefined ? 'absent' : vm.isRunning ? 'running' : 'stopped',
    ...(missing === undefined ? {} : { missing }),
  }
}

/** The directories of the cache with disks of a release, whatever their key. */
function disksOf(name: string): string[] {
  const directory = join(cacheDirectory(), 'vm')
  const names = existsSync(directory) ? readdirSync(directory) : []
  return names
    .filter(entry => /^-[0-9a-f]+$/.test(entry.slice(name.length)) && entry.startsWith(name))
    .map(entry => join(directory, entry))
}

/** Machines under other names have these disks below their own: they are not to lose them. */
async function removeDisks(release: Release): Promise<number> {
  const { name } = release
  const others = listVms().filter(vm => vm.release === name && vm.name !== name)
  if (others.length > 0)
    throw new EnvironmentMissing(
      `the disk of ${name} is in use by ${others.map(vm => `vm:${vm.name}`).join(', ')}`,
    )
  const vm = vmOf(name)
  if (vm !== undefined) await removeVm(name)
  const disks = disksOf(name)
  const freedBytes = disks.reduce((sum, path) => sum + diskUsage(path), vm?.sizeBytes ?? 0)
  for (const path of disks) rmSync(path, { recursive: true, force: true })
  return freedBytes
}

/** What a directory of files takes on the disk. */
function diskUsage(directory: string): number {
  const blocks = readdirSync(directory).map(name => statSync(join(directory, name)).blocks)
  return 512 * blocks.reduce((sum, count) => sum + count, 0)
}

/** A machine that cannot have it is told about, not failed at. */
async function orMissing(status: () => Promise<EnvironmentStatus>): Promise<EnvironmentStatus> {
  try {
    return await status()
  } catch (error) {
    if (!(error instanceof EnvironmentMissing)) throw error
    return { isBuilt: false, sizeBytes: 0, state: 'absent', missing: error.message }
  }
}

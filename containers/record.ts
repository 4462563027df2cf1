import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { sealImage } from '../src/format/canonical.ts'
import { catalogueName } from '../src/format/catalogue.ts'
import type { ContentRecord, Exchange, Image } from '../src/format/image.ts'
import { packImages, type StoredImage } from '../src/format/image-store.ts'
import { contentFile, ImageFolder } from '../src/images.ts'
import { type Finished, mustRun } from './command.ts'
import { archiveSources } from './recording/archive-sources.ts'
import { recordImage } from './recording/image.ts'
import { layOut } from './recording/layout.ts'
import { recordLoaded, refusedModules } from './recording/modules.ts'
import { withCollected } from './recording/sections.ts'
import { withSysctlTypes } from './recording/sysctl-types.ts'
import { readRelease, releaseNames } from './release.ts'
import { sourceDirectory } from './source-directory.ts'
import { startContainer } from './start.ts'
import { startVm } from './vm/start.ts'

/** A started system: what the recorder needs of it. */
interface Subject {
  exec(argv: readonly string[], stdin?: Uint8Array): Promise<Finished>
}

/** The modules whose effect is recorded, besides those that they depend on. */
const MODULES =
  `overlay br_netfilter bridge nf_conntrack ip_vs ip_vs_rr ip_vs_wrr ip_vs_sh vxlan veth dummy ip_tables
  ip6_tables nf_nat xt_conntrack iptable_nat iptable_filter ip6table_filter nf_tables ipip wireguard tun fuse loop zram nbd
  8021q bonding macvlan ipvlan sctp rbd`.split(/\s+/)

/** Programs whose answer is data of the host. */
const COMMANDS: readonly (readonly string[])[] = [
  ['containerd', '--version'],
  ['containerd', 'config', 'default'],
  ['containerd', 'config', 'dump'],
  ['ctr', '--version'],
  ['ctr', 'version'],
  ['ctr', 'plugins', 'list'],
  ['runc', '--version'],
  ['systemctl', '--version'],
  ['systemctl', 'is-system-running'],
  ['systemctl', 'list-unit-files', '--plain', '--no-legend'],
  ['systemd-detect-virt'],
  ['modprobe', '--version'],
  ['sysctl', '--version'],
  ['bash', '--version'],
  ['uname', '-a'],
  ['stat', '-f', '-c', '%T', '/sys/fs/cgroup'],
  ['ip', '-o', 'link'],
  ['dpkg', '--version'],
  ['apt-get', '--version'],
]

const COMMAND = 'npm run record:images'

/** Records a release from a container: a host that cannot load modules, on the kernel of this machine. */
export async function recordContainer(name: string): Promise<Image> {
  const container = await startContainer(name)
  try {
    const image = await record(container, `${name}-container`, 'container')
    const root = await mustRun(['docker', '-H', container.dockerHost, 'info', '-f', '{{.DockerRootDir}}'])
    return sealImage(withDataRoot(withSysctlTypes(image, await probed(container, NAMESPACED)), root.trim()))
  } finally {
    await container.stop()
  }
}

/** Records a release from a virtual machine, booted once: its own kernel, and what its modules bring. */
export async function recordVm(name: string): Promise<Image> {
  const vm = await startVm(name)
  try {
    const image = await record(vm, name, 'vm')
    const tar = await collect(vm, ['modules', ...MODULES])
    const loaded = await withCollected(tar, collected => withLoaded(image, collected))
    return sealImage(withSysctlTypes(loaded, await probed(vm, [])))
  } finally {
    await vm.powerOff()
  }
}

async function record(subject: Subject, name: string, kind: 'vm' | 'container') {
  const sources = archiveSources(readRelease(catalogueName({ name })))
  const written = await subject.exec(['sh', '-c', `cat >${sources.path}`], Buffer.from(sources.text))
  if (written.exitCode !== 0) throw new Error(`${sources.path} was not written: ${written.stderr}`)
  const tar = await collect(subject, ['collect'])
  const recorded = await withCollected(tar, collected => recordImage(collected, name, kind))
  const exchanges: Exchange[] = []
  for (const argv of COMMANDS) exchanges.push(exchange(argv, await subject.exec(argv)))
  const provenance = { kind, recordedAt: new Date().toISOString(), command: COMMAND }
  return { ...recorded, provenance, exchanges } satisfies Omit<Image, 'digest'>
}

/** What a container has for itself below /proc/sys, and nobody else sees when it is written to. */
const NAMESPACED: readonly string[] = [
  'net',
  'fs/mqueue',
  ...['domainname', 'hostname', 'shmmax', 'shmall', 'shmmni', 'msgmax', 'msgmnb', 'msgmni', 'sem'].map(
    name => `kernel/${name}`,
  ),
]

/** Writes to what lies below the given names, or to all: the last thing that is done to a subject. */
async function probed(subject: Subject, names: readonly string[]): Promise<string> {
  const script = readFileSync(join(sourceDirectory, 'probe-sysctl.pl'))
  const { exitCode, stdout, stderr } = await subject.exec(['perl', '-', ...names], script)
  if (exitCode !== 0) throw new Error(`probe-sysctl.pl exited ${exitCode}: ${stderr}`)
  return stdout.toString('utf8')
}

async function collect(subject: Subject, args: readonly string[]): Promise<Buffer> {
  const script = readFileSync(join(sourceDirectory, 'collect.sh'))
  const { exitCode, stdout, stderr } = await subject.exec(['bash', '-s', ...args], script)
  if (exitCode !== 0) throw new Error(`collect.sh ${args[0]} exited ${exitCode}: ${stderr}`)
  return stdout
}

function exchange(argv: readonly string[], { exitCode, stdout, stderr }: Finished): Exchange {
  return { argv, exitCode, stdout: contentOf(stdout), stderr: contentOf(stderr) }
}

function contentOf(bytes: Buffer): ContentRecord {
  const text = bytes.toString('utf8')
  return Buffer.from(text).equals(bytes) ? text : { base64: bytes.toString('base64') }
}

function withLoaded(image: Omit<Image, 'digest'>, collected: Parameters<typeof recordLoaded>[0]) {
  const refused = refusedModules(collected)
  if (refused.length > 0) throw new Error(`modules that could not be loaded:\n${refused.join('\n')}`)
  const modules = { ...image.kernel.modules }
  for (const [name, loaded] of Object.entries(recordLoaded(collected))) {
    const module = modules[name]
    if (module === undefined) throw new Error(`${name} was loaded and modinfo does not know it`)
    modules[name] = { ...module, loaded }
  }
  return { ...image, kernel: { ...image.kernel, modules } }
}

/** Where the recording machine's engine keeps its data is nobody's matter: the place is said to be the usual one. */
function withDataRoot<T extends Omit<Image, 'digest'>>(image: T, root: string): T {
  const usual = (text: string) => text.replaceAll(root, '/var/lib/docker')
  const mounts = image.mounts.map(mount => ({
    ...mount,
    root: usual(mount.root),
    superOptions: usual(mount.superOptions),
  }))
  return { ...image, mounts }
}

/** Writes new images among those that there are: what several have in common is stored once. */
async function write(recorded: readonly Image[]): Promise<void> {
  const directory = join(sourceDirectory, '..', 'sim', 'images')
  const folder = new ImageFolder(pathToFileURL(`${directory}/`))
  const names = recorded.map(image => image.name)
  const others = (await folder.names()).filter(name => !names.includes(name))
  const there = await Promise.all(others.map(name => folder.load(name)))
  const { images, content } = packImages([...there, ...recorded])
  mkdirSync(join(directory, dirname(contentFile(''))), { recursive: true })
  for (const [name, own] of content) writeFileSync(join(directory, contentFile(name)), `${layOut(own, 1)}\n`)
  for (const image of images) writeFileSync(join(directory, `${image.name}.json`), textOf(image))
}

function textOf(image: StoredImage): string {
  const head = layOut({ ...image, kernel: undefined, files: undefined }, 2).slice(0, -2)
  const kernel = layOut(image.kernel, 2, ' ')
  return `${head},\n "kernel": ${kernel},\n "files": ${layOut(image.files, 2, ' ')}\n}\n`
}

/** `node record.js [container|vm] [NAME…]`: both kinds and all releases, unless said otherwise. */
async function main(args: readonly string[]): Promise<void> {
  const kinds = args.filter(word => word === 'container' || word === 'vm')
  const names = args.filter(word => !kinds.some(kind => kind === word))
  const isWanted = (kind: string): boolean => kinds.length === 0 || kinds.some(word => word === kind)
  for (const name of names.length > 0 ? names : releaseNames()) {
    process.stdout.write(`${name}\n`)
    const container = isWanted('container') ? [await recordContainer(name)] : []
    const vm = isWanted('vm') ? [await recordVm(name)] : []
    await write([...container, ...vm])
  }
}

if (process.argv[1] === import.meta.filename) await main(process.argv.slice(2))

import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import type { BootOptions, Machine } from '../sim/door.ts'
import type { Image } from './format/image.ts'
import type { Host } from './host/host.ts'
import { isVmName } from './host/vm-directory.ts'
import { imageNames, loadImage } from './images.ts'

export type {
  BootOptions,
  Difference,
  FileView,
  Machine,
  MachineDiff,
  ScriptResult,
} from '../sim/door.ts'

/** One kind of host: what stands before the colon, and what opens it given what stands behind. */
interface Scheme {
  readonly form: string
  readonly meaning: string
  open(rest: string, options: OpenHostOptions): Promise<Host>
}

/** What the name of a host does not say. */
export interface OpenHostOptions {
  /** An ssh_config(5) for `ssh:` hosts in place of the person's own; default: what SEATRIAL_SSH_CONFIG names. */
  readonly sshConfig?: string
}

/** The name of a host that cannot be understood; the message says what can. */
export class UnknownHost extends Error {
  override readonly name = 'UnknownHost'
}

/** What a kind of host is made of is loaded when it is asked for: a run does without the simulator, and without other transports. */
const SCHEMES: Readonly<Record<string, Scheme>> = {
  sim: {
    form: 'sim:debian-12',
    meaning: 'a simulated host, or a saved one (sim:FILE)',
    open: rest => openSimulated(named('sim', rest)),
  },
  local: {
    form: 'local:',
    meaning: 'this machine',
    open: async rest => {
      if (rest !== '') refuse(`local:${rest}`, 'nothing follows local:')
      const { openLocalHost } = await import('./host/local.ts')
      return openLocalHost()
    },
  },
  docker: {
    form: 'docker:ID',
    meaning: 'a running container, by id or name',
    open: async rest => {
      const { openDockerHost } = await import('./host/docker.ts')
      return openDockerHost(named('docker', rest))
    },
  },
  ssh: {
    form: 'ssh:[user@]host[:port]',
    meaning: 'a machine, as the ssh client reaches it',
    open: openSsh,
  },
  vm: {
    form: 'vm:debian-12',
    meaning: 'a virtual machine that `seatrial env start` started',
    open: async rest => {
      if (!isVmName(rest)) refuse(`vm:${rest}`, 'it is not a name of a machine')
      const { openVmHost } = await import('./host/vm.ts')
      return openVmHost(rest)
    },
  },
}

/** Opens the host of a name such as `sim:debian-12`. Speaks to nobody yet; throws `UnknownHost`. */
export async function openHost(name: string, options: OpenHostOptions = {}): Promise<Host> {
  const colon = name.indexOf(':')
  const kind = name.slice(0, Math.max(colon, 0))
  const scheme = Object.hasOwn(SCHEMES, kind) ? SCHEMES[kind] : undefined
  if (scheme === undefined) refuse(name, 'there is no such kind of host')
  return scheme.open(name.slice(colon + 1), options)
}

async function openSsh(rest: string, options: OpenHostOptions): Promise<Host> {
  const [{ openSshHost }, { BadSshTarget }] = await Promise.all([
    import('./host/ssh.ts'),
    import('./host/ssh-target.ts'),
  ])
  const configFile = options.sshConfig ?? (process.env.SEATRIAL_SSH_CONFIG || undefined)
  try {
    return openSshHost(named('ssh', rest), configFile === undefined ? {} : { configFile })
  } catch (error) {
    if (error instanceof BadSshTarget) return refuse(`ssh:${rest}`, error.message)
    throw error
  }
}

/** A base image by name; throws `UnknownHost`. The same value for the same name. */
export async function readImage(name: string): Promise<Image> {
  const known = await imageNames()
  if (!known.includes(name))
    throw new UnknownHost(`there is no image ${JSON.stringify(name)}; known: ${known.join(', ')}`)
  return loadImage(name)
}

/**
 * A simulated machine, freshly booted: of an image by name (`debian-12`), or of a parsed one. The same image and seed
 * give the same machine. Throws `UnknownHost` with the known names.
 *
 *     const machine = await boot('debian-12')
 *     const { exitCode, stdout, stderr } = await machine.run('modprobe br_netfilter && lsmod')
 */
export async function boot(image: string | Image, options: BootOptions = {}): Promise<Machine> {
  const { Machine } = await import('../sim/door.ts')
  return Machine.boot(typeof image === 'string' ? await readImage(image) : image, options)
}

/** `debian-12`, `debian-12?seed=7`, `./saved.json`, `./saved.json?reboot`. */
async function openSimulated(rest: string): Promise<Host> {
  const { openSimulatedHost, SavedMachineError } = await import('../sim/door.ts')
  const [name = '', query = ''] = rest.split('?', 2)
  const { seed, isRebooting } = simulationOptions(rest, new URLSearchParams(query))
  const known = await imageNames()
  const source: unknown = known.includes(name) ? await readImage(name) : await readJson(name, known)
  try {
    const host = await openSimulatedHost(`sim:${rest}`, source, {
      isRebooting,
      imageOf: readImage,
      ...(seed === undefined ? {} : { seed }),
    })
    if (host === undefined) return refuse(`sim:${name}`, 'the file is neither an image nor a saved machine')
    // A busy script must leave room for Ctrl-C.
    host.machine.scheduler.pause = () => new Promise(resolve => setImmediate(resolve))
    return host
  } catch (error) {
    if (error instanceof SavedMachineError) return refuse(`sim:${name}`, error.message)
    throw error
  }
}

/** What may follow the `?` of a simulated host. */
function simulationOptions(rest: string, options: URLSearchParams): { seed?: number; isRebooting: boolean } {
  for (const name of options.keys())
    if (name !== 'seed' && name !== 'reboot')
      refuse(`sim:${rest}`, `"${name}" is neither "seed" nor "reboot"`)
  const seed = options.get('seed')
  if (seed !== null && !/^\d{1,9}$/.test(seed))
    refuse(`sim:${rest}`, 'a seed is a whole number of at most nine digits')
  return { isRebooting: options.has('reboot'), ...(seed === null ? {} : { seed: Number(seed) }) }
}

async function readJson(path: string, known: readonly string[]): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    const why = error instanceof SyntaxError ? 'the file is not JSON' : 'there is no such image or file'
    throw new UnknownHost(`${JSON.stringify(`sim:${path}`)}: ${why}; known images: ${known.join(', ')}`)
  }
}

/** Throws `UnknownHost` for a host that cannot be saved: to be asked before anything is done to it. */
export async function assertSimulated(host: Host): Promise<void> {
  const { SimHost } = await import('../sim/door.ts')
  if (!(host instanceof SimHost))
    throw new UnknownHost(`${host.name} is a real host: only a simulated one can be saved`)
}

/** Writes a simulated machine, disk and live state, so that `sim:FILE` goes on with it. Throws `UnknownHost` for others. */
export async function saveHost(host: Host, path: string): Promise<void> {
  await assertSimulated(host)
  const { savedMachine } = await import('../sim/door.ts')
  const saved = savedMachine(host)
  const temporary = `${path}.seatrial-new`
  try {
    await writeFile(temporary, `${JSON.stringify(saved, null, 1)}\n`)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

function named(scheme: string, rest: string): string {
  return rest === '' ? refuse(`${scheme}:`, 'a name must follow the colon') : rest
}

function refuse(name: string, why: string): never {
  const known = Object.values(SCHEMES).map(({ form, meaning }) => `\n  ${form}  ${meaning}`)
  throw new UnknownHost(`${JSON.stringify(name)}: ${why}; a host is one of${known.join('')}`)
}

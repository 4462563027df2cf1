import { KernelError, strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { closest } from '../formats/closest.ts'
import type { Process } from '../process.ts'
import { complainOfError, systemdProgram } from './systemd-program.ts'

/** hostname_is_valid() of src/basic/hostname-util.c. */
const VALID_NAME =
  /^(?=.{1,64}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/

const ETC_HOSTNAME = '/etc/hostname'

/** hostnamectl(1), with systemd-hostnamed behind it. */
export const hostnamectl = systemdProgram(
  {
    options: ['static', 'transient', 'pretty', 'no-ask-password'],
    unsimulated: ['h', 'H,host:', 'M,machine:', 'json:', 'j'],
  },
  (process, options) => {
    const [verb = 'status', ...operands] = options.operands
    const { hostnameVerbs } = process.system.bus.systemd.release
    if (!hostnameVerbs.includes(verb)) return unknownVerb(process, verb, hostnameVerbs)
    if (operands.length > (verb === 'status' ? 0 : 1)) return complainOfError(process, 'Too many arguments.')
    const [value] = operands
    const kind = options.last('static', 'transient', 'pretty')
    if (verb === 'status' || (verb === 'hostname' && value === undefined)) {
      if (kind === undefined && verb === 'status') return status(process)
      process.print(`${nameOf(process, kind ?? 'static')}\n`)
      return 0
    }
    if (verb !== 'set-hostname' && verb !== 'hostname') return property(process, verb, value)
    if (value === undefined) return complainOfError(process, 'Too few arguments.')
    if (kind !== undefined) throw new Unsimulated('hostnamectl', `${verb} --${kind}`)
    return setHostname(process, value)
  },
)

function unknownVerb(process: Process, verb: string, verbs: readonly string[]): number {
  if (!process.system.bus.systemd.release.suggestsVerbs)
    return complainOfError(process, `Unknown command verb ${verb}.`)
  const meant = closest(verbs, verb)
  const hint = meant === undefined ? '.' : `, did you mean '${meant}'?`
  return complainOfError(process, `Unknown command verb '${verb}'${hint}`)
}

function nameOf(process: Process, kind: string): string {
  if (kind === 'pretty') return machineInfo(process, 'PRETTY_HOSTNAME')
  return kind === 'transient' ? process.kernel.uts.value.nodename : staticName(process)
}

const staticName = (process: Process): string =>
  process.exists(ETC_HOSTNAME)
    ? (process
        .readText(ETC_HOSTNAME)
        .split('\n')
        .map(line => line.trim())
        .find(line => line !== '' && !line.startsWith('#')) ?? '')
    : ''

/** A line of /etc/machine-info (machine-info(5)). */
function machineInfo(process: Process, key: string): string {
  if (!process.exists('/etc/machine-info')) return ''
  const match = new RegExp(`^${key}=(.*)$`, 'm').exec(process.readText('/etc/machine-info'))
  return (match?.[1] ?? '').replace(/^(["'])(.*)\1$/, '$2')
}

/** The rows of print_status_info(), as far as a container has them. */
function status(process: Process): number {
  const { release } = process.system.bus.systemd
  const virtualization = process.system.bus.containerd.answerOf(['systemd-detect-virt']).trim()
  if (virtualization !== 'docker')
    throw new Unsimulated('hostnamectl', 'status of a machine whose hardware was not recorded')
  const { record } = process.kernel
  const rows: readonly (readonly [string, string])[] = [
    ['Static hostname', staticName(process)],
    ['Icon name', 'computer-container'],
    ['Chassis', `container${release.chassisGlyph}`],
    ['Machine ID', process.readText('/etc/machine-id').trim()],
    ['Boot ID', process.readText('/proc/sys/kernel/random/boot_id').trim().replaceAll('-', '')],
    ['Virtualization', virtualization],
    ['Operating System', osName(process)],
    ['Kernel', `Linux ${record.release}`],
    ['Architecture', record.machine.replace('_', '-')],
  ]
  // 247 leaves room for a row that is not there.
  const width = release.hostnameWidth
  process.print(rows.map(([name, value]) => `${`${name}:`.padStart(width)} ${value}\n`).join(''))
  return 0
}

const osName = (process: Process): string =>
  /^PRETTY_NAME="(.*)"$/m.exec(process.readText('/etc/os-release'))?.[1] ?? ''

function property(process: Process, verb: string, value: string | undefined): number {
  const known: Readonly<Record<string, () => string>> = {
    chassis: () => machineInfo(process, 'CHASSIS') || 'container',
    deployment: () => machineInfo(process, 'DEPLOYMENT'),
    location: () => machineInfo(process, 'LOCATION'),
  }
  const read = Object.hasOwn(known, verb) ? known[verb] : undefined
  if (read === undefined || value !== undefined)
    throw new Unsimulated('hostnamectl', value === undefined ? verb : `${verb} ${value}`)
  process.print(`${read()}\n`)
  return 0
}

/** method_set_static_hostname() of src/hostname/hostnamed.c: the file first, then the kernel's name. */
function setHostname(process: Process, name: string): number {
  const { release } = process.system.bus.systemd
  try {
    if (release.setsKernelNameFirst && VALID_NAME.test(name)) setKernelName(process, name)
    replaceFile(process, ETC_HOSTNAME, `${name}\n`)
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    const what = release.setsKernelNameFirst ? 'property' : 'static hostname'
    return complainOfError(
      process,
      `Could not set ${what}: Failed to set static hostname: ${strerror(error.errno)}`,
    )
  }
  setKernelName(process, name)
  return 0
}

function setKernelName(process: Process, nodename: string): void {
  const { uts } = process.kernel
  uts.value = { ...uts.value, nodename }
}

/** write_string_file_atomic(): nothing is written where the name is mounted over. */
function replaceFile(process: Process, path: string, text: string): void {
  const temporary = `${path.slice(0, path.lastIndexOf('/'))}/.#${path.slice(path.lastIndexOf('/') + 1)}XXXXXX`
  process.writeFile(temporary, '', { mode: 0o644 })
  try {
    if (!VALID_NAME.test(text.trim()) && !isMountPoint(process, path))
      throw new Unsimulated('hostnamectl', `the name ${JSON.stringify(text.trim())}`)
    process.writeFile(temporary, text)
    process.rename(temporary, path)
  } catch (error) {
    process.unlink(temporary)
    throw error
  }
}

const isMountPoint = (process: Process, path: string): boolean =>
  process.kernel.mounts.all.some(mount => mount.target === path)

import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import { complainOfError, systemdProgram } from './systemd-program.ts'

/** Names of virtualization_table in src/basic/virt.c that are containers. */
const CONTAINERS = new Set(
  `systemd-nspawn lxc-libvirt lxc openvz docker podman rkt wsl proot pouch container-other`.split(' '),
)

/** systemd-detect-virt(1): what the recorder saw it say, which is the container where there is one. */
export const systemdDetectVirt = systemdProgram(
  {
    options: ['c,container', 'v,vm', 'q,quiet', 'list'],
    unsimulated: ['r,chroot', 'private-users', 'h', 'cvm', 'list-cvm'],
  },
  (process, options) => {
    if (options.has('list')) throw new Unsimulated(process.name, '--list')
    if (options.operands.length > 0) return complainOfError(process, `${process.name} takes no arguments.`)
    const found = detected(process, options.last('container', 'vm'))
    if (!options.has('quiet')) process.print(`${found}\n`)
    return found === 'none' ? 1 : 0
  },
)

function detected(process: Process, kind: string | undefined): string {
  const any = process.system.bus.containerd.answerOf(['systemd-detect-virt']).trim()
  const isContainer = CONTAINERS.has(any)
  if (kind === 'container') return isContainer ? any : 'none'
  if (kind === 'vm' && isContainer)
    throw new Unsimulated(process.name, '--vm in a container, whose machine was not recorded')
  return any
}

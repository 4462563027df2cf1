import type { Image } from '../src/format/image.ts'
import type { Bus } from './bus.ts'
import type { Cell } from './clock.ts'
import { Containerd, type ContainerdState, NO_CONTAINERD } from './containerd/daemon.ts'
import { systemdRelease } from './formats/systemd-release.ts'
import { kubernetesArchive } from './kubelet/archive.ts'
import type { System } from './process.ts'
import { Journal, type JournalState } from './systemd/journal.ts'
import { Manager } from './systemd/manager.ts'
import { INITIAL_SYSTEMD, type SystemdState } from './systemd/state.ts'

/** What the daemons of a machine are made from. */
export interface DaemonContext {
  readonly system: System
  readonly image: Image
  /** A daemon's own piece of the machine's state. */
  daemonCell<T>(name: string, initial: T): Cell<T>
  /** Whether a file's content is the image's. */
  isOfImage(path: string): boolean
  /** Whether a path and all below it are the image's. */
  isTreeOfImage(path: string): boolean
}

/** The handles by which programs reach the daemons. */
export function startDaemons({ system, image, daemonCell, isOfImage, isTreeOfImage }: DaemonContext): Bus {
  const hostname = (): string => system.kernel.uts.value.nodename
  const journal = new Journal(daemonCell<JournalState>('journal', []), system.clock, hostname)
  const systemd = new Manager({
    system,
    journal,
    cell: daemonCell<SystemdState>('systemd', INITIAL_SYSTEMD),
    recorded: image.units,
    release: systemdRelease(systemdVersion(image)),
    virtualization: virtualizationOf(image),
    isOfImage,
    isTreeOfImage,
  })
  const containerd = new Containerd({
    system,
    image,
    cell: daemonCell<ContainerdState>('containerd', NO_CONTAINERD),
  })
  const archive = {
    catalogue: image.catalogue,
    other: kubernetesArchive,
    versions: { apt: packageVersion(image, 'apt'), dpkg: packageVersion(image, 'dpkg') },
    answer: (argv: readonly string[]) => containerd.answerOf(argv),
  }
  return { systemd, journal, containerd, archive }
}

/** From the version of the package: `252.38-1~deb12u1`. */
const systemdVersion = (image: Image): number => Number.parseInt(packageVersion(image, 'systemd'), 10)

const packageVersion = (image: Image, wanted: string): string =>
  image.packages.find(({ name }) => name === wanted)?.version ?? ''

/** What systemd-detect-virt(1) said there: `docker`, `qemu`, `none`. */
function virtualizationOf(image: Image): string {
  const said = image.exchanges.find(
    ({ argv }) => argv.length === 1 && argv[0] === 'systemd-detect-virt',
  )?.stdout
  return typeof said === 'string' ? said.trim() : 'none'
}

import { imageOf, type Said } from '../simulated.ts'

/** A step that the simulator answers otherwise, and why that is so. */
export interface KernelDivergence {
  readonly step: string
  /** Where it does: `container-debian-13`. */
  readonly environments: readonly string[]
  readonly verdict: 'intended' | 'not-modelled' | 'bug'
  readonly reason: string
}

/** Steps that disagree. One that comes to agree fails the test, and its row goes. */
export const divergences: readonly KernelDivergence[] = []

/** udev was still loading the drivers of this CPU when the session began: whether they are there yet is chance. */
const STILL_LOADING = ['kvm', 'kvm_amd', 'irqbypass']

/** udev loads what the hardware asks for in parallel: in which order these are in the table is chance. */
const atBoot = (image: string): ReadonlySet<string> =>
  new Set(imageOf(image).kernel.live?.map(module => module.name))

/** A table of modules: those that the session loaded in their order, those from the boot sorted. */
function tableWithoutChance(table: string, image: string): string {
  const known = atBoot(image)
  const rows = table.split('\n').filter(row => !STILL_LOADING.includes(nameOf(row)))
  const isFromBoot = (row: string): boolean => known.has(nameOf(row))
  return [...rows.filter(row => !isFromBoot(row)), ...rows.filter(isFromBoot).sort()].join('\n')
}

const nameOf = (row: string): string => row.split(' ')[0] ?? ''

/** An answer without what is the machine's own: chance of the boot, and where in memory a module lies. */
export function withoutChance(
  { title, image }: { readonly title: string; readonly image: string },
  said: Said,
): Said {
  if (title !== 'lsmod' && title !== 'cat /proc/modules') return said
  return {
    ...said,
    stdout: tableWithoutChance(said.stdout.replace(/0x[0-9a-f]{16}$/gm, '0x'), image),
    stderr: said.stderr.replace(/^.*'\/sys\/module\/kvm\/holders': No such file or directory\n/m, ''),
  }
}

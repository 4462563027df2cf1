import type { Image, PackageRecord, UnitRecord } from '../../src/format/image.ts'
import { recordFiles } from './files.ts'
import { recordKernel } from './kernel.ts'
import { parseMounts } from './proc.ts'
import { type Collected, utf8 } from './sections.ts'

/** The part of an image that `collect.sh collect` saw. */
export function recordImage(collected: Collected, name: string, kind: 'vm' | 'container') {
  return {
    format: 'seatrial-image',
    version: 1,
    name,
    kernel: recordKernel(collected, kind),
    mounts: parseMounts(collected.text('mountinfo')),
    ...recordFiles(collected),
    units: parseUnits(utf8(collected.text('units'))),
    packages: parsePackages(collected.text('packages')),
  } satisfies Omit<Image, 'provenance' | 'exchanges' | 'digest'>
}

/** Blocks of `systemctl show`, sorted by id. A unit with two names is shown twice and kept once. */
export function parseUnits(text: string): UnitRecord[] {
  const units = text.split('\n\n').map(block => {
    const field = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(block)?.[1] ?? ''
    const fragmentPath = field('FragmentPath')
    const isWithoutFile = field('LoadState') === 'loaded' && fragmentPath === ''
    return {
      id: field('Id'),
      loadState: field('LoadState'),
      activeState: field('ActiveState'),
      subState: field('SubState'),
      unitFileState: field('UnitFileState'),
      fragmentPath,
      ...(isWithoutFile ? { description: field('Description') } : {}),
    }
  })
  return [...new Map(units.map(unit => [unit.id, unit])).values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** Lines of dpkg-query, sorted by name. */
export function parsePackages(text: string): PackageRecord[] {
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [name = '', version = '', architecture = '', status = ''] = line.split('\t')
      return { name, version, architecture, status }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

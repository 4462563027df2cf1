import { Unsimulated } from '../../src/host/host.ts'
import type { PackageFile } from './archive-package.ts'
import type { Package } from './database.ts'
import type { ExtendedStates } from './extended-states.ts'
import { meets, type Offer, parseRelations, type Relation } from './relation.ts'
import type { Universe } from './universe.ts'

/** A relation that nothing of what there is meets. */
export interface UnmetDependency {
  readonly name: string
  readonly kind: 'Depends' | 'PreDepends'
  readonly group: readonly Relation[]
}

/** What apt decided: what comes and what goes. */
export class Selection {
  readonly coming = new Map<string, PackageFile>()
  readonly going = new Map<string, Package>()
  readonly unmet: UnmetDependency[] = []
  readonly #universe: Universe
  readonly #isWithRecommends: boolean

  constructor(universe: Universe, isWithRecommends: boolean) {
    this.#universe = universe
    this.#isWithRecommends = isWithRecommends
  }

  /** Marks a package for installation, and what it needs. */
  install(name: string): void {
    if (this.coming.has(name)) return
    const file = this.#universe.file(name)
    if (file === undefined) throw new Error(`${name} has no candidate`)
    this.coming.set(name, file)
    this.#checkConflicts(file.item)
    for (const field of ['Pre-Depends', 'Depends'] as const)
      for (const group of parseRelations(file.item.field(field))) {
        if (this.#meet(group)) continue
        this.unmet.push({ name, kind: field === 'Depends' ? 'Depends' : 'PreDepends', group })
      }
    if (!this.#isWithRecommends) return
    for (const group of parseRelations(file.item.field('Recommends'))) this.#meet(group)
  }

  /** Marks a package for removal, and all that cannot be without it. */
  remove(item: Package): void {
    if (this.going.has(item.name)) return
    this.going.set(item.name, item)
    for (const other of this.#universe.database.all) {
      if (!other.isThere || this.going.has(other.name)) continue
      const groups = [
        ...parseRelations(other.field('Pre-Depends')),
        ...parseRelations(other.field('Depends')),
      ]
      const isBroken = groups.some(
        group => group.some(relation => meets(item.offer, relation)) && !this.isMet(group),
      )
      if (isBroken) this.remove(other)
    }
  }

  /** What will be there when all is done. */
  get offers(): readonly Offer[] {
    const staying = this.#universe.database.all.filter(
      item => item.isThere && !this.going.has(item.name) && !this.coming.has(item.name),
    )
    return [...staying.map(item => item.offer), ...[...this.coming.values()].map(file => file.item.offer)]
  }

  /** Whether one alternative is met by what will be there. */
  isMet(group: readonly Relation[]): boolean {
    const { offers } = this
    return group.some(relation => offers.some(offer => meets(offer, relation)))
  }

  #meet(group: readonly Relation[]): boolean {
    if (this.isMet(group)) return true
    for (const relation of group) {
      const name = this.#available(relation)
      if (name === undefined) continue
      this.install(name)
      return true
    }
    return false
  }

  /** The name of a package of the archive that meets a relation. */
  #available(relation: Relation): string | undefined {
    const [best] = this.#universe.versions(relation.name)
    if (best !== undefined) {
      const offer = { name: relation.name, version: best.version, provides: [] }
      if (meets(offer, relation)) return relation.name
    }
    return this.#universe.providers(relation)[0]
  }

  #checkConflicts(item: Package): void {
    for (const field of ['Conflicts', 'Breaks'])
      for (const relation of parseRelations(item.field(field)).flat()) {
        const hit = this.#universe.database.all.find(
          other => other.isThere && other.name !== item.name && meets(other.offer, relation),
        )
        if (hit !== undefined && !this.going.has(hit.name))
          throw new Unsimulated(
            'apt-get',
            `${item.name}, which is in conflict with the installed ${hit.name}`,
          )
      }
  }
}

/** Sections whose packages' needs count as chosen by hand, and names that are never let go: 01autoremove. */
const NEVER = [
  /^firmware-linux.*/,
  /^linux-firmware$/,
  /^linux-image-[a-z0-9]*$/,
  /^linux-image-[a-z0-9]*-[a-z0-9]*$/,
]

/** Packages that came because others needed them, and that none needs any more when a selection is done. Sorted. */
export function unneeded(
  universe: Universe,
  states: ExtendedStates,
  selection: Selection,
): readonly Package[] {
  const items = new Map(
    universe.database.all
      .filter(item => item.isThere && !selection.going.has(item.name))
      .map(item => [item.name, item]),
  )
  for (const [name, file] of selection.coming) items.set(name, file.item)
  const providers = new Map<string, string[]>()
  for (const item of items.values())
    for (const name of [item.name, ...item.offer.provides.map(provided => provided.name)])
      providers.set(name, [...(providers.get(name) ?? []), item.name])
  const needed = new Set<string>()
  const visit = (name: string): void => {
    const item = items.get(name)
    if (item === undefined || needed.has(name)) return
    needed.add(name)
    for (const field of ['Pre-Depends', 'Depends', 'Recommends', 'Suggests'])
      for (const relation of parseRelations(item.field(field)).flat())
        for (const provider of providers.get(relation.name) ?? [])
          if (meets(items.get(provider)?.offer ?? item.offer, relation)) visit(provider)
  }
  for (const [name, item] of items) {
    const isKept = item.isEssential || item.field('Important') === 'yes' || NEVER.some(one => one.test(name))
    if (isKept || !states.isAutomatic(name)) visit(name)
  }
  return [...items.values()].filter(item => !needed.has(item.name)).sort((a, b) => (a.name < b.name ? -1 : 1))
}

import type { PackageFile } from './archive-package.ts'
import { meets, parseRelations } from './relation.ts'

/** Points of pkgOrderList::Score() of apt-pkg/orderlist.cc. */
const POINTS: Readonly<Record<string, number>> = { required: 5, important: 3, standard: 1 }

function score({ item, index }: PackageFile): number {
  const essential = item.isEssential ? 200 : 0
  const important = item.field('Important') === 'yes' ? 100 : 0
  return essential + important + (POINTS[index.get('Priority') ?? ''] ?? 0)
}

/** The order in which apt unpacks: weighty ones first, then by name, and before each what it depends on. */
export function unpackOrder(files: readonly PackageFile[]): readonly PackageFile[] {
  const sorted = [...files].sort((a, b) => score(b) - score(a) || (a.item.name < b.item.name ? -1 : 1))
  const ordered = new Set<PackageFile>()
  const visiting = new Set<PackageFile>()
  const visit = (file: PackageFile): void => {
    if (ordered.has(file) || visiting.has(file)) return
    visiting.add(file)
    for (const field of ['Pre-Depends', 'Depends'])
      for (const relation of parseRelations(file.item.field(field)).flat())
        for (const other of sorted) if (meets(other.item.offer, relation)) visit(other)
    ordered.add(file)
  }
  for (const file of sorted) visit(file)
  return [...ordered]
}

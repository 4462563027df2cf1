import type { Database, Package } from './database.ts'
import { meets, parseRelations, relationText } from './relation.ts'

/** What dpkg says of the packages that depend on one that is to go while they stay; '' where there are none. */
export function dependencyProblems(database: Database, item: Package, going: readonly string[]): string {
  const staying = database.all.filter(other => other.isInstalled && !going.includes(other.name))
  const lines = staying.flatMap(other => {
    if (other.name === item.name) return []
    const groups = [...parseRelations(other.field('Pre-Depends')), ...parseRelations(other.field('Depends'))]
    return groups
      .filter(group => group.some(relation => meets(item.offer, relation)))
      .filter(
        group =>
          !staying.some(
            left => left.name !== item.name && group.some(relation => meets(left.offer, relation)),
          ),
      )
      .map(group => ` ${other.displayName} depends on ${group.map(relationText).join(' | ')}.\n`)
  })
  if (lines.length === 0) return ''
  return `dpkg: dependency problems prevent removal of ${item.displayName}:\n${lines.join('')}\n`
}

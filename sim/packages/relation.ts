import { satisfiesRelation } from './version.ts'

/** One alternative of a dependency: deb-control(5), `name:arch (>= version)`. */
export interface Relation {
  readonly name: string
  readonly operator: string
  readonly version: string
}

/** The groups of a field, each a list of alternatives. */
export function parseRelations(field = ''): readonly (readonly Relation[])[] {
  return field
    .split(',')
    .map(group => group.trim())
    .filter(group => group !== '')
    .map(group => group.split('|').map(parseRelation))
}

function parseRelation(text: string): Relation {
  const [, name = '', operator = '', version = ''] =
    /^\s*([^\s:(]+)(?::\S+)?\s*(?:\(\s*([<>=]+)\s*(\S+?)\s*\))?\s*$/.exec(text) ?? []
  return { name, operator, version }
}

/** As dpkg and apt print one: `runc (>= 0.1.0~)`. */
export const relationText = ({ name, operator, version }: Relation): string =>
  operator === '' ? name : `${name} (${operator} ${version})`

/** What a package is for a relation: its name, version, and what it provides. */
export interface Offer {
  readonly name: string
  readonly version: string
  readonly provides: readonly Relation[]
}

/** Whether a package meets a relation, by its own name or by one that it provides (with a version, if one is asked for). */
export function meets(offer: Offer, relation: Relation): boolean {
  if (offer.name === relation.name && isVersionMet(offer.version, relation)) return true
  return offer.provides.some(
    provided =>
      provided.name === relation.name &&
      (relation.operator === '' || (provided.version !== '' && isVersionMet(provided.version, relation))),
  )
}

const isVersionMet = (version: string, relation: Relation): boolean =>
  relation.operator === '' || satisfiesRelation(version, relation.operator, relation.version) === true

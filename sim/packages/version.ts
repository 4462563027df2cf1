/** A version as deb-version(7) splits it. */
interface DebianVersion {
  readonly epoch: number
  readonly upstream: string
  readonly revision: string
}

/** Orders two versions as `dpkg --compare-versions` does (deb-version(7), "Sorting algorithm"): negative, 0 or positive. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [split(one), split(other)]
  return a.epoch - b.epoch || compareParts(a.upstream, b.upstream) || compareParts(a.revision, b.revision)
}

function split(version: string): DebianVersion {
  const colon = version.indexOf(':')
  const rest = version.slice(colon + 1)
  const dash = rest.lastIndexOf('-')
  return {
    epoch: colon < 0 ? 0 : Number(version.slice(0, colon)),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? '' : rest.slice(dash + 1),
  }
}

/** verrevcmp() of dpkg's lib/dpkg/version.c: runs of non-digits and of digits in turn. */
function compareParts(one: string, other: string): number {
  let [a, b] = [one, other]
  while (a !== '' || b !== '') {
    const [textA, textB] = [/^[^0-9]*/.exec(a)?.[0] ?? '', /^[^0-9]*/.exec(b)?.[0] ?? '']
    const byText = compareText(textA, textB)
    if (byText !== 0) return byText
    ;[a, b] = [a.slice(textA.length), b.slice(textB.length)]
    const [digitsA, digitsB] = [/^[0-9]*/.exec(a)?.[0] ?? '', /^[0-9]*/.exec(b)?.[0] ?? '']
    if (Number(digitsA) !== Number(digitsB)) return Number(digitsA) - Number(digitsB)
    ;[a, b] = [a.slice(digitsA.length), b.slice(digitsB.length)]
  }
  return 0
}

function compareText(one: string, other: string): number {
  for (let at = 0; at < Math.max(one.length, other.length); at++) {
    const difference = order(one[at]) - order(other[at])
    if (difference !== 0) return difference
  }
  return 0
}

/** A tilde before the end, the end before letters, letters before all else. */
function order(character: string | undefined): number {
  if (character === undefined) return 0
  if (character === '~') return -1
  const code = character.charCodeAt(0)
  return /[A-Za-z]/.test(character) ? code : code + 256
}

/** Whether `version` stands in a relation of deb-control(5) to another one; undefined for no such relation. */
export function satisfiesRelation(version: string, relation: string, wanted: string): boolean | undefined {
  return HOLDS[relation]?.(compareVersions(version, wanted))
}

const HOLDS: Readonly<Record<string, (order: number) => boolean>> = {
  '<<': order => order < 0,
  '<=': order => order <= 0,
  '=': order => order === 0,
  '>=': order => order >= 0,
  '>>': order => order > 0,
  lt: order => order < 0,
  le: order => order <= 0,
  eq: order => order === 0,
  ne: order => order !== 0,
  ge: order => order >= 0,
  gt: order => order > 0,
  '<': order => order <= 0,
  '>': order => order >= 0,
}

/**
 * `dpkg --compare-versions`: no version is earlier than any, and with `-nl` later than any. Undefined for a word that
 * is no relation.
 */
export function compareWords(one: string, relation: string, other: string): boolean | undefined {
  const holds = HOLDS[relation.replace(/^(lt|le|ge|gt)-nl$/, '$1')]
  if (one !== '' && other !== '') return holds?.(compareVersions(one, other))
  const absent = relation.endsWith('-nl') ? 1 : -1
  if (one === '' && other === '') return holds?.(0)
  return holds?.(one === '' ? absent : -absent)
}

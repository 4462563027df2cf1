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

/** A relation of deb-control(5), or a word of `dpkg --compare-versions`. */
export function satisfiesRelation(version: string, relation: string, wanted: string): boolean | undefined {
  const order = compareVersions(version, wanted)
  switch (relation) {
    case '<<':
    case 'lt':
      return order < 0
    case '<=':
    case 'le':
    case '<':
      return order <= 0
    case '=':
    case 'eq':
      return order === 0
    case 'ne':
      return order !== 0
    case '>=':
    case 'ge':
    case '>':
      return order >= 0
    case '>>':
    case 'gt':
      return order > 0
    default:
      return undefined
  }
}

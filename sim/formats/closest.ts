/** strv_find_closest() of src/basic/strv.c: the name that somebody meant, by its beginning, else by its spelling. */
export function closest(names: readonly string[], word: string): string | undefined {
  const begun = names.filter(name => name.startsWith(word))
  const candidates = begun.length > 0 ? begun : names.filter(name => distance(name, word) <= MAX_DISTANCE)
  const rank = (name: string): number => (begun.length > 0 ? name.length : distance(name, word))
  return candidates.reduce<string | undefined>(
    (best, name) => (best === undefined || rank(name) < rank(best) ? name : best),
    undefined,
  )
}

const MAX_DISTANCE = 5

/** strlevenshtein() of src/basic/string-util.c: letters put in, left out, exchanged, or swapped with their neighbour. */
function distance(a: string, b: string): number {
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, index) => index)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwapped = i > 1 && j > 1 && a[i - 2] === b[j - 1] && a[i - 1] === b[j - 2]
      const [above = 0, diagonal = 0, left = 0] = [last[j], last[j - 1], row[j - 1]]
      row.push(
        Math.min(
          above + 1,
          left + 1,
          diagonal + (isSame ? 0 : 1),
          isSwapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    before = last
    last = row
  }
  return last.at(-1) ?? 0
}

/** FNV-1a, as str_fnv_hash() of dpkg's lib/dpkg/strhash.c has it. */
function hash(text: string): number {
  let value = 2_166_136_261
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 16_777_619) >>> 0
  return value
}

/** BINS of lib/dpkg/pkg-hash.c and of lib/dpkg/fsys-hash.c. */
const PACKAGE_BINS = 65_521
const PATH_BINS = 262_139

/** Names in the order in which dpkg walks its packages: what `--configure --pending` follows. */
export const inPackageOrder = (names: readonly string[]): string[] =>
  sortedBy(names, name => hash(name) % PACKAGE_BINS)

/** Paths in the order in which dpkg walks its files: what `--search` with a pattern prints. */
export const inPathOrder = (paths: readonly string[]): string[] =>
  sortedBy(paths, path => hash(path.slice(1)) % PATH_BINS)

function sortedBy(words: readonly string[], key: (word: string) => number): string[] {
  const keyed = words.map(word => [key(word), word] as const)
  return keyed.sort(([a], [b]) => a - b).map(([, word]) => word)
}

/** A shell pattern of glob(7) as a regular expression over a whole name: `*`, `?` and `[…]`. */
export function patternMatcher(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^')
  return new RegExp(`^${source}$`, 's')
}

/** fnmatch(3) without flags. */
export const fnmatch = (pattern: string, text: string): boolean => patternMatcher(pattern).test(text)

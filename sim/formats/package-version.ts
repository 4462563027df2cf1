/** The upstream part of a Debian version (deb-version(7)): `2:4.0.2-3` is 4.0.2. */
export const upstreamVersion = (version: string): string =>
  version.replace(/^\d+:/, '').replace(/-[^-]*$/, '')

/** Whether a dotted version is another one or a later one: 4.0.10 is at least 4.0.9. */
export function isAtLeast(version: string, wanted: string): boolean {
  const [have, want] = [version, wanted].map(text =>
    text.split(/[.+~]/).map(part => Number.parseInt(part, 10)),
  )
  for (const [at, part] of (want ?? []).entries()) {
    const own = have?.[at] ?? 0
    if (own !== part) return own > part
  }
  return true
}

/**
 * size_to_human_string() of util-linux's strutils.c, as its tables use it: one digit after the point where there is
 * something behind it, and a letter.
 */
export function humanSize(bytes: number): string {
  let exponent = 0
  while (bytes >= 1024 ** (exponent + 1) && exponent < 6) exponent++
  const unit = 1024 ** exponent
  const letter = 'BKMGTPE'.charAt(exponent)
  let whole = Math.floor(bytes / unit)
  let tenths = Math.floor((((bytes % unit) / unit) * 1000 + 50) / 100)
  if (exponent === 0) tenths = 0
  if (tenths === 10) {
    whole++
    tenths = 0
  }
  return tenths === 0 ? `${whole}${letter}` : `${whole}.${tenths}${letter}`
}

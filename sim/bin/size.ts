const LETTERS = 'KMGTPE'

/**
 * xstrtoumax() of gnulib with the suffixes that dd, truncate and df take: `1K` and `1KiB` are 1024, `1kB` and `1KB`
 * 1000, `b` 512, `c` 1, `w` 2. Undefined for what is none.
 */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+)(?:([cwb])|([kKMGTPE])(B|iB)?)?$/.exec(text)
  if (match === null) return undefined
  const [, digits, unit, letter, kind] = match
  const count = Number(digits)
  if (unit !== undefined) return count * (unit === 'c' ? 1 : unit === 'w' ? 2 : 512)
  if (letter === undefined) return count
  return count * (kind === 'B' ? 1000 : 1024) ** (LETTERS.indexOf(letter.toUpperCase()) + 1)
}

/**
 * human_readable() of gnulib with ceiling, autoscale and suffix, as `df -h` and `ls -h` print: one digit after the
 * point below ten.
 */
export function ceilingSize(bytes: number, base: 1000 | 1024 = 1024): string {
  let exponent = 0
  while (bytes >= base ** (exponent + 1) && exponent < LETTERS.length) exponent++
  if (exponent === 0) return String(bytes)
  let value = bytes / base ** exponent
  value = value < 10 ? Math.ceil(value * 10) / 10 : Math.ceil(value)
  if (value >= base && exponent < LETTERS.length) {
    value /= base
    exponent++
  }
  const letter = LETTERS.charAt(exponent - 1)
  return `${value < 10 ? value.toFixed(1) : value}${base === 1000 ? letter.toLowerCase().replace(/[^k]/, letter) : letter}`
}

/** A number of bytes in apt's words: SizeToStr() of apt-pkg/contrib/strutl.cc, with the B that follows it. */
export function sizeText(bytes: number): string {
  let size = bytes
  for (const prefix of ['', 'k', 'M', 'G', 'T']) {
    if (size < 100 && prefix !== '') return `${size.toFixed(1)} ${prefix}B`
    if (size < 10_000) return `${size.toFixed(0)} ${prefix}B`
    size /= 1000
  }
  return `${size.toFixed(1)} PB`
}

/** A duration in apt's words: TimeToStr(). */
export function durationText(seconds: number): string {
  if (seconds < 60) return `${seconds}s`
  return `${Math.floor(seconds / 60)}min ${seconds % 60}s`
}

/** Where a word of a list no longer fits: 80 columns less the margin that ShowList() of apt-private keeps. */
const LIST_WIDTH = 76

/** A heading and words below it, wrapped; nothing where there are none. */
export function wordList(heading: string, words: readonly string[]): string {
  if (words.length === 0) return ''
  let text = heading
  let used = 0
  for (const word of words) {
    if (used === 0 || used + word.length >= LIST_WIDTH) {
      text += `\n  ${word}`
      used = word.length
    } else {
      text += ` ${word}`
      used += word.length + 1
    }
  }
  return `${text}\n`
}

/** `0 upgraded, 1 newly installed, 0 to remove and 0 not upgraded.` */
export const countLine = (counts: {
  readonly upgraded: number
  readonly installed: number
  readonly removed: number
  readonly left: number
}): string =>
  `${counts.upgraded} upgraded, ${counts.installed} newly installed, ${counts.removed} to remove and ${counts.left} not upgraded.\n`

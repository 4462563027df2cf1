import { Unsimulated } from '../../src/host/host.ts'
import { CHARACTER_CLASSES } from '../formats/character-classes.ts'

/**
 * A POSIX extended regular expression (regex(7)); undefined where regcomp(3) refuses it. The first alternative that
 * matches wins here, the longest there: where an alternative is a prefix of a later one, and it could matter, that is
 * `Unsimulated`.
 */
export function posixRegExp(source: string, isCaseless = false): RegExp | undefined {
  const translated = translate(source)
  if (translated === undefined) return undefined
  checkAlternatives(source)
  try {
    return new RegExp(translated, `s${isCaseless ? 'i' : ''}`)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function translate(source: string): string | undefined {
  let out = ''
  for (let at = 0; at < source.length; at++) {
    const char = source.charAt(at)
    if (char === '\\') {
      const next = source.charAt(++at)
      out += /[<>]/.test(next)
        ? '\\b'
        : /[A-Za-z0-9]/.test(next) && !/[bBwWsS1-9]/.test(next)
          ? next
          : `\\${next}`
    } else if (char === '[') {
      const end = closeOf(source, at + 1)
      if (end < 0) return undefined
      out += bracket(source.slice(at + 1, end))
      at = end
    } else if (char === '{' && !/^\{\d*,?\d*\}/.test(source.slice(at))) out += '\\{'
    else out += char
  }
  return out
}

function closeOf(source: string, from: number): number {
  let at = from
  if (source[at] === '^') at++
  if (source[at] === ']') at++
  while (at < source.length && source[at] !== ']')
    at = source.startsWith('[:', at) ? source.indexOf(':]', at) + 2 : at + 1
  return at < source.length ? at : -1
}

function bracket(body: string): string {
  const isNegated = body.startsWith('^')
  const members = (isNegated ? body.slice(1) : body).replace(
    /\[:(\w+):\]|([\\[\]^])/g,
    (_, name?: string, special?: string) =>
      name === undefined ? `\\${special}` : (CHARACTER_CLASSES[name] ?? ''),
  )
  return `[${isNegated ? '^' : ''}${members}]`
}

function checkAlternatives(source: string): void {
  for (const group of source.split(/[()]/)) {
    const alternatives = group.split('|').filter(text => text !== '')
    for (const [index, first] of alternatives.entries())
      if (
        alternatives
          .slice(index + 1)
          .some(later => later !== first && later.startsWith(first) && !source.endsWith('$'))
      )
        throw new Unsimulated('regcomp(3)', `the longest of the alternatives of ${source}`)
  }
}

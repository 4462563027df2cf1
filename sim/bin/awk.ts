import { Unsimulated } from '../../src/host/host.ts'
import type { Program } from '../process.ts'
import type { ParsedOptions } from './getopt.ts'
import { program } from './getopt.ts'
import { type TextTool, textTool } from './text-tool.ts'

const isAssignment = (word: string): boolean => /^[A-Za-z_]\w*=/.test(word)

const tool: TextTool = {
  spec: { options: ['F:', 'v:'], unsimulated: ['f:', 'W:'], isStoppingAtOperand: true, usageStatus: 2 },
  countBefore: () => 1,
  refusal: (path, reason) => `cannot open ${path} (${reason})`,
  failure: 2,
}

/** What just-bash's awk answers otherwise than mawk did where both were asked, as far as a program's text shows it. */
const DIFFERENT: readonly (readonly [what: string, sign: RegExp])[] = [
  ['printf with %c', /%[-+ #0-9.]*c/],
  ['an interval in a regular expression', /\/[^/\n]*\{\d+(?:,\d*)?\}[^/\n]*\//],
  ['a pipe', /\|\s*(?:getline\b|"|[A-Za-z_]\w*\s*(?:[;}]|$))/],
  ['system()', /\bsystem\s*\(/],
  ['an order of strings', /(?:<=?|>=)\s*"|"\s*(?:<=?|>=)|&&\s*"[^"]*"\s*>/],
  ['split() of nothing', /\bsplit\s*\(\s*""/],
  ['%e', /%[-+ #0-9.]*[eE]/],
  ['a function of its own', /\bfunc(?:tion)?\s+\w/],
  ['ARGV', /\bARG[VC]\b/],
]

const onText = textTool('awk', tool)

/** awk(1), which Debian's minimal system has as mawk 1.3.4: run by just-bash's awk, where the two agree. */
export const awk: Program = program(tool.spec, (process, options) => {
  check(options)
  return onText(process)
})

function check(options: ParsedOptions): void {
  const [text, ...files] = options.operands
  if (text === undefined) throw new Unsimulated('awk', 'a command line without a program')
  if (files.some(isAssignment)) throw new Unsimulated('awk', 'an assignment among the files')
  if (options.values('v').some(assigned => /^(?:OFS|ORS)=/.test(assigned)))
    throw new Unsimulated('awk', 'an output separator that -v sets')
  // `getline < "file"` is no comparison.
  const compared = text.replace(/\bgetline\b[^<;{}]*</g, '')
  for (const [what, sign] of DIFFERENT) if (sign.test(compared)) throw new Unsimulated('awk', what)
  for (const [, name] of text.matchAll(/\blength\s*\(\s*([A-Za-z_]\w*)\s*\)/g))
    if (new RegExp(`\\b${name}\\s*\\[`).test(text)) throw new Unsimulated('awk', 'length() of an array')
}

import { strerror } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import type { ParsedOptions } from './getopt.ts'
import { type TextTool, textTool } from './text-tool.ts'

const none = (): number => 0

/** A pattern or script is the first operand, unless an option brought it. */
const unless =
  (...names: readonly string[]) =>
  (options: ParsedOptions): number =>
    names.some(name => options.has(name)) ? 0 : 1

const plain = (path: string, reason: string): string => `${path}: ${reason}`

/**
 * grep takes any number of patterns, one a line; just-bash takes one. The alternatives of one extended expression are
 * the same, as long as no pattern refers back to a group.
 */
function oneGrepPattern(process: Process, options: ParsedOptions): readonly string[] {
  const given = options.has('regexp') ? options.values('regexp') : options.operands.slice(0, 1)
  const patterns = given.flatMap(pattern => pattern.split('\n'))
  if (patterns.length < 2) return process.argv.slice(1)
  const kind =
    options.last('extended-regexp', 'fixed-strings', 'basic-regexp', 'perl-regexp') ?? 'basic-regexp'
  if (kind === 'perl-regexp' || patterns.some(pattern => pattern === '' || /\\\d/.test(pattern)))
    throw new Unsimulated('grep', 'these patterns together')
  const joined =
    kind === 'extended-regexp'
      ? patterns.join('|')
      : patterns
          .map(pattern => (kind === 'fixed-strings' ? pattern.replace(/[\\.[\]*^$]/g, '\\$&') : pattern))
          .join('\\|')
  const dropped = ['regexp', 'fixed-strings', 'basic-regexp', 'extended-regexp']
  const words = options.all.flatMap(({ name, argument }) => {
    if (dropped.includes(name)) return []
    const written = name.length === 1 ? `-${name}` : `--${name}`
    if (argument === undefined) return [written]
    return name.length === 1 ? [written, argument] : [`${written}=${argument}`]
  })
  const files = options.operands.slice(options.has('regexp') ? 0 : 1)
  return [...words, ...(kind === 'extended-regexp' ? ['-E'] : []), '-e', joined, ...files]
}

const tools = {
  comm: {
    spec: {
      options: ['1', '2', '3'],
      unsimulated: ['check-order', 'nocheck-order', 'output-delimiter:', 'total', 'z,zero-terminated'],
    },
    countBefore: none,
    refusal: plain,
    failure: 1,
  },
  cut: {
    spec: {
      options: [
        'b,bytes:',
        'c,characters:',
        'd,delimiter:',
        'f,fields:',
        's,only-delimited',
        'complement',
        'output-delimiter:',
      ],
      unsimulated: ['n', 'z,zero-terminated'],
    },
    countBefore: none,
    refusal: plain,
    failure: 1,
  },
  diff: {
    spec: {
      options: ['u,unified::', 'q,brief', 's,report-identical-files', 'i,ignore-case'],
      unsimulated: [
        'r,recursive',
        'N,new-file',
        'c,context::',
        'y,side-by-side',
        'w,ignore-all-space',
        'b,ignore-space-change',
        'B,ignore-blank-lines',
        'U:',
        'label:',
        'color::',
      ],
      usageStatus: 2,
    },
    countBefore: none,
    refusal: plain,
    failure: 2,
  },
  grep: {
    spec: {
      options: [
        'c,count',
        'e,regexp:',
        'E,extended-regexp',
        'F,fixed-strings',
        'G,basic-regexp',
        'h,no-filename',
        'H,with-filename',
        'i,ignore-case',
        'l,files-with-matches',
        'L,files-without-match',
        'm,max-count:',
        'n,line-number',
        'o,only-matching',
        'q,quiet',
        'silent',
        's,no-messages',
        'v,invert-match',
        'w,word-regexp',
        'x,line-regexp',
        'A,after-context:',
        'B,before-context:',
        'C,context:',
        'P,perl-regexp',
        'color::',
        'colour::',
      ],
      unsimulated: [
        'a,text',
        'b,byte-offset',
        'd,directories:',
        'D,devices:',
        'f,file:',
        'I',
        'r,recursive',
        'R,dereference-recursive',
        'T,initial-tab',
        'U,binary',
        'z,null-data',
        'Z,null',
        'binary-files:',
        'exclude:',
        'exclude-dir:',
        'exclude-from:',
        'include:',
        'label:',
        'line-buffered',
        'no-ignore-case',
      ],
      usageStatus: 2,
      hint: "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.",
    },
    countBefore: unless('regexp'),
    refusal: plain,
    failure: 2,
    rewrite: oneGrepPattern,
  },
  nl: {
    spec: { options: ['b,body-numbering:', 'w,number-width:', 's,number-separator:'] },
    countBefore: none,
    refusal: plain,
    failure: 1,
  },
  paste: {
    spec: { options: ['d,delimiters:', 's,serial'], unsimulated: ['z,zero-terminated'] },
    countBefore: none,
    refusal: plain,
    failure: 1,
  },
  rev: {
    spec: { options: [] },
    countBefore: none,
    refusal: (path, reason) => `cannot open ${path}: ${reason}`,
    failure: 1,
  },
  sort: {
    spec: {
      options: [
        'b,ignore-leading-blanks',
        'f,ignore-case',
        'n,numeric-sort',
        'r,reverse',
        'u,unique',
        'k,key:',
        't,field-separator:',
        'V,version-sort',
        'h,human-numeric-sort',
        'c,check::',
        's,stable',
        'o,output:',
      ],
      unsimulated: [
        'd,dictionary-order',
        'g,general-numeric-sort',
        'i,ignore-nonprinting',
        'm,merge',
        'M,month-sort',
        'R,random-sort',
        'S,buffer-size:',
        'T,temporary-directory:',
        'z,zero-terminated',
        'parallel:',
        'debug',
      ],
      usageStatus: 2,
    },
    countBefore: none,
    refusal: (path, reason) =>
      reason === strerror('EISDIR') ? `read failed: ${path}: ${reason}` : `cannot read: ${path}: ${reason}`,
    failure: 2,
  },
  tac: {
    spec: { options: [], unsimulated: ['b,before', 'r,regex', 's,separator:'] },
    countBefore: none,
    refusal: plain,
    failure: 1,
  },
  tr: {
    spec: {
      options: ['c,complement', 'C', 'd,delete', 's,squeeze-repeats'],
      unsimulated: ['t,truncate-set1'],
    },
    countBefore: options => options.operands.length,
    refusal: plain,
    failure: 1,
  },
} as const satisfies Record<string, TextTool>

export const comm = textTool('comm', tools.comm)
export const cut = textTool('cut', tools.cut)
export const diff = textTool('diff', tools.diff)
export const grep = textTool('grep', tools.grep)
export const nl = textTool('nl', tools.nl)
export const paste = textTool('paste', tools.paste)
export const rev = textTool('rev', tools.rev)
export const sort = textTool('sort', tools.sort)
export const tac = textTool('tac', tools.tac)
export const tr = textTool('tr', tools.tr)

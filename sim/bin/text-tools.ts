import { strerror } from '../../src/host/errno.ts'
import type { ParsedOptions } from './getopt.ts'
import { type TextTool, textTool } from './text-tool.ts'

const none = (): number => 0

/** A pattern or script is the first operand, unless an option brought it. */
const unless =
  (...names: readonly string[]) =>
  (options: ParsedOptions): number =>
    names.some(name => options.has(name)) ? 0 : 1

const plain = (path: string, reason: string): string => `${path}: ${reason}`

const tools = {
  awk: {
    spec: { options: ['F:', 'v:'], unsimulated: ['f:', 'W:'], isStoppingAtOperand: true, usageStatus: 2 },
    countBefore: options => 1 + options.operands.slice(1).filter(word => /^[A-Za-z_]\w*=/.test(word)).length,
    refusal: (path, reason) => `cannot open ${path} (${reason})`,
    failure: 2,
  },
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
  sed: {
    spec: {
      options: ['n,quiet', 'silent', 'e,expression:', 'E,regexp-extended', 'r', 'i,in-place::', 's,separate'],
      unsimulated: [
        'f,file:',
        'l,line-length:',
        'z,null-data',
        'u,unbuffered',
        'posix',
        'debug',
        'sandbox',
        'follow-symlinks',
        'b,binary',
      ],
    },
    countBefore: unless('expression'),
    refusal: (path, reason) =>
      reason === strerror('EISDIR')
        ? `couldn't edit ${path}: not a regular file`
        : `can't read ${path}: ${reason}`,
    failure: 2,
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

/** awk(1), which Debian's minimal system has as mawk 1.3.4. */
export const awk = textTool('awk', tools.awk)
export const comm = textTool('comm', tools.comm)
export const cut = textTool('cut', tools.cut)
export const diff = textTool('diff', tools.diff)
export const grep = textTool('grep', tools.grep)
export const nl = textTool('nl', tools.nl)
export const paste = textTool('paste', tools.paste)
export const rev = textTool('rev', tools.rev)
export const sed = textTool('sed', tools.sed)
export const sort = textTool('sort', tools.sort)
export const tac = textTool('tac', tools.tac)
export const tr = textTool('tr', tools.tr)

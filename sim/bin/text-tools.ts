import { strerror } from '../../src/host/errno.ts'
import { type TextTool, textTool } from './text-tool.ts'

const none = (): number => 0

const plain = (path: string, reason: string): string => `${path}: ${reason}`

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
        'f,ignore-case',
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
} as const satisfies Record<string, TextTool>

export const comm = textTool('comm', tools.comm)
export const diff = textTool('diff', tools.diff)
export const nl = textTool('nl', tools.nl)
export const paste = textTool('paste', tools.paste)
export const rev = textTool('rev', tools.rev)
export const sort = textTool('sort', tools.sort)
export const tac = textTool('tac', tools.tac)

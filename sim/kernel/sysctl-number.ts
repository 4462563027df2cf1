import { KernelError } from '../../src/host/errno.ts'

/** TMPBUFLEN of kernel/sysctl.c, less what a sign and the NUL take. */
const MAX_DIGITS = 20

/** proc_get_long() of kernel/sysctl.c: white space, a signed number in C notation, white space; else EINVAL. */
export function parseLong(text: string): bigint {
  const match = /^\s*(-?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)(?=[ \t\n\0]|$)/.exec(text)
  const digits = match?.[2]
  if (digits === undefined || digits.length > MAX_DIGITS) throw new KernelError('EINVAL')
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits)
  return match?.[1] === '-' ? -magnitude : magnitude
}

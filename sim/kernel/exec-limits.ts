import { KernelError } from '../../src/host/errno.ts'
import { encodeText } from '../../src/host/surrogate-escape.ts'

/** MAX_ARG_STRLEN of include/uapi/linux/binfmts.h: 32 pages, with the NUL. */
const MAX_STRING_BYTES = 131_072

/** A quarter of the stack's soft limit of 8 MiB: bprm_stack_limits() of fs/exec.c. */
const MAX_TOTAL_BYTES = 2_097_152

const POINTER_BYTES = 8

/** E2BIG where execve(2) cannot take so much: one string, or all of them with their pointers. */
export function checkArgumentSize(argv: readonly string[], env: ReadonlyMap<string, string>): void {
  const strings = [...argv, ...Array.from(env, ([name, value]) => `${name}=${value}`)]
  const sizes = strings.map(text => encodeText(text).length + 1)
  const total = sizes.reduce((sum, size) => sum + size + POINTER_BYTES, 0)
  if (total > MAX_TOTAL_BYTES || sizes.some(size => size > MAX_STRING_BYTES)) throw new KernelError('E2BIG')
}

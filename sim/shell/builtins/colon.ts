import type { Builtin } from './builtin.ts'

/** `:` and `true`. */
export const colon: Builtin = { run: () => 0 }

/** `false`. */
export const falseBuiltin: Builtin = { run: () => 1 }

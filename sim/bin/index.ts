import type { Program } from '../process.ts'
import { kmod } from './kmod.ts'
import { sysctl } from './sysctl.ts'

/** Programs by base name: of the real path of what was executed, or of the name it was called by. */
export const programs: Readonly<Record<string, Program>> = {
  kmod,
  sysctl,
}

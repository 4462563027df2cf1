import { ANY_WORDS, withCommandLine } from './getopt.ts'
/** false(1): nothing, unsuccessfully. */
export const falseProgram = (): number => 1

withCommandLine(falseProgram, ANY_WORDS)

import { ANY_WORDS, withCommandLine } from './getopt.ts'
/** true(1): nothing, successfully. */
export const trueProgram = (): number => 0

withCommandLine(trueProgram, ANY_WORDS)

/** false(1): nothing, unsuccessfully. */
export const falseProgram = (): number => 1

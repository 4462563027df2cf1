/** true(1): nothing, successfully. */
export const trueProgram = (): number => 0

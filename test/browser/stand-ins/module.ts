/** `createRequire` of `node:module`: modules by name cannot be loaded when the bundle runs, and whoever tries is told. */
export const createRequire = () => (name: string) => {
  throw new Error(`the module ${name} cannot be loaded in a browser`)
}

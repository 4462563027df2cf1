/** What memfs uses of `node:url` is the class that browsers have too. */
const { URL } = globalThis

export { URL }

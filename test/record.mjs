/**
 * Runs a recorder, which is TypeScript, from the sources: `node test/record.mjs test/parity/record-kernel.ts ARGUMENT…`.
 * The recorder finds its arguments where it would if node had run it, and `import.meta` is that of its source.
 */
import { resolve } from 'node:path'
import { runnerImport } from 'vite'

const [node, , recorder, ...words] = process.argv
if (recorder === undefined) throw new Error('usage: node test/record.mjs RECORDER [ARGUMENT...]')
process.argv = [node, resolve(recorder), ...words]
await runnerImport(resolve(recorder), { configFile: false, logLevel: 'warn' })

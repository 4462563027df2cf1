import { readFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { type Plugin, rolldown } from 'rolldown'
import { JUST_BASH, LEFT_OUT, STAND_INS } from './stand-ins.ts'

const PAGE = fileURLToPath(new URL('page.ts', import.meta.url))

/** What a bundler made of the simulator. */
export interface Bundle {
  readonly code: string
  /** The files of which something got in. */
  readonly modules: readonly string[]
  /** What it would still import when it runs. */
  readonly imports: readonly string[]
}

/** The page's script and all that it needs, as one script for a browser. */
export async function bundlePage(): Promise<Bundle> {
  const build = await rolldown({
    input: PAGE,
    platform: 'browser',
    plugins: [standIns],
    // What is left out has no exports, and throws when it is loaded.
    shimMissingExports: true,
    logLevel: 'silent',
  })
  const { output } = await build.generate({ format: 'esm', codeSplitting: false })
  await build.close()
  const [chunk, ...rest] = output
  if (rest.length > 0) throw new Error(`more than one file: ${rest.map(file => file.fileName).join(', ')}`)
  // What it would load later of itself is there already.
  const imports = [...chunk.imports, ...chunk.dynamicImports].filter(name => name !== chunk.fileName)
  return { code: chunk.code, modules: chunk.moduleIds, imports }
}

/** `node:path` and `path` are one module; a folder's slash (`process/`) asks for the package of the name. */
const bareName = (id: string): string => id.replace(/^node:/, '').replace(/\/$/, '')

/** The parser is in it, and much that must stay out. */
const BUILD_FOR_NODE = /\/just-bash\/dist\/bundle\/(?!browser)/

/** A module of Node that has no stand-in stays an import, which the test looks for. */
const standIns: Plugin = {
  name: 'stand-ins',
  resolveId: {
    order: 'pre',
    handler(id, importer = '', { kind }) {
      const name = bareName(id)
      const standIn = Object.hasOwn(STAND_INS, name) ? STAND_INS[name] : undefined
      if (name === 'just-bash' && importer === standIn) return JUST_BASH
      const isOfNode = builtinModules.includes(id.replace(/^node:/, ''))
      if (BUILD_FOR_NODE.test(importer) && name !== 'module' && (isOfNode || kind === 'dynamic-import'))
        return { id: LEFT_OUT, moduleSideEffects: false }
      if (standIn !== undefined) return standIn
      return isOfNode ? { id, external: true } : null
    },
  },
  load: {
    filter: { id: BUILD_FOR_NODE },
    async handler(id) {
      // Nothing of it for its own sake: only what the parser uses.
      return { code: await readFile(id, 'utf8'), moduleSideEffects: false }
    },
  },
}

import { fileURLToPath } from 'node:url'

const own = (name: string): string => fileURLToPath(new URL(`stand-ins/${name}.ts`, import.meta.url))
const packaged = (path: string): string => fileURLToPath(import.meta.resolve(path))

/**
 * What takes the place of modules that a browser has not: all that the simulator's two libraries, memfs and just-bash,
 * need of Node there. Each is the module itself, written for browsers, or says that it was asked for what cannot be.
 */
export const STAND_INS: Readonly<Record<string, string>> = {
  buffer: packaged('buffer/index.js'),
  events: packaged('events/events.js'),
  module: own('module'),
  path: packaged('path-browserify'),
  process: packaged('process/browser.js'),
  stream: packaged('readable-stream/lib/ours/browser.js'),
  url: own('url'),
  zlib: own('zlib'),
  // Its build for browsers has no parser that could be called; its build for Node has, and reaches for much of Node.
  'just-bash': own('just-bash'),
}

/** The build of just-bash that the parser is taken from. */
export const JUST_BASH = packaged('just-bash')

/** For the programs that this build loads when they are called: `Bash` is the other build's. */
export const LEFT_OUT = own('left-out')

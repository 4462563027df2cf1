import type { Blocking } from '../scheduler.ts'
import { program } from './getopt.ts'

/** What it writes at once, about as much as a pipe takes. */
const CHUNK_BYTES = 8_192

/** What that takes on the virtual clock, so that whoever is to end it gets on. */
const CHUNK_NS = 100_000

/** yes(1) of coreutils 9.1: until a signal, or nobody reads. */
export const yes = program({ options: [] }, function* (process, options): Blocking<number> {
  const line = `${options.operands.length > 0 ? options.operands.join(' ') : 'y'}\n`
  const chunk = line.repeat(Math.max(1, Math.floor(CHUNK_BYTES / line.length)))
  for (;;) {
    yield* process.write(1, chunk)
    yield* process.sleep(CHUNK_NS)
  }
})

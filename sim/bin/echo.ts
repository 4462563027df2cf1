import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { echoText } from '../shell/echo-text.ts'
import { ANY_WORDS, withCommandLine } from './getopt.ts'

/** echo(1) of coreutils 9.1: as bash's own. */
export function* echo(process: Process): Blocking<number> {
  yield* process.write(1, echoText(process.argv.slice(1), { isEscaping: false }))
  return 0
}

withCommandLine(echo, ANY_WORDS)

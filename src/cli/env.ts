import type { Command } from 'commander'
import type { Outside } from './main.ts'

export interface EnvOptions {
  readonly json?: boolean
}

/** The verbs that change something, and what is said of them. */
const VERBS = {
  build: 'build environments and keep them in the cache (default: all)',
  start: 'leave environments running, for their names to reach',
  stop: 'shut environments down; their disks stay for the next start',
  rm: 'end environments and remove all that is kept of them',
} as const

export type EnvVerb = keyof typeof VERBS

/** Adds `seatrial env` and its verbs. */
export function envVerbs(program: Command, outside: Outside, report: (exitStatus: number) => void): void {
  const env = program
    .command('env')
    .description('containers and virtual machines to try things on: docker:debian-12, vm:debian-13')
  env
    .command('list')
    .description('show what is built, how big it is and what runs (default: all)')
    .argument('[name...]', NAMES)
    .option('--json', 'print one JSON object a line')
    .action(async (names: string[], options: EnvOptions) => {
      const { listEnvironments } = await deeds()
      report(await listEnvironments(names, options, outside))
    })
  for (const [verb, summary] of Object.entries(VERBS) as [EnvVerb, string][])
    env
      .command(verb)
      .description(summary)
      .argument(verb === 'build' ? '[name...]' : '<name...>', NAMES)
      .option('--json', 'print one JSON event a line')
      .action(async (names: string[], options: EnvOptions) => {
        const { perform } = await deeds()
        report(await perform(verb, names, { ...options, ...outside }))
      })
}

const NAMES = 'docker:RELEASE or vm:RELEASE'

/** Loaded for them alone: it brings along all that builds and starts environments. */
const deeds = () => import('./env-deeds.ts')

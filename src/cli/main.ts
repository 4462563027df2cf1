import { Command, InvalidArgumentError, Option } from 'commander'
import { applyVerb } from './apply.ts'
import { type Clock, systemClock } from './clock.ts'
import type { CoversOptions } from './covers.ts'
import { envVerbs } from './env.ts'
import { EXIT } from './exit-status.ts'
import { explain } from './explain.ts'
import { DEFAULT_PARALLEL } from './node-verb.ts'
import { planVerb } from './plan.ts'
import { run } from './run.ts'
import type { Terminal } from './terminal.ts'
import { verifyVerb } from './verify.ts'
import { version } from './version.ts'

/** One run of the command: argv without the program, to an exit status. */
export async function main(
  argv: readonly string[],
  terminal: Terminal,
  clock: Clock = systemClock,
): Promise<number> {
  let exitStatus: number = EXIT.ok
  const program = await describe({ terminal, clock }, status => {
    exitStatus = status
  })
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return exitStatus
  } catch (error) {
    return explain(error, terminal)
  }
}

/** What the command meets of the world beside hosts and files. */
export interface Outside {
  readonly terminal: Terminal
  readonly clock: Clock
}

type Report = (exitStatus: number) => void

async function describe(outside: Outside, report: Report): Promise<Command> {
  const { terminal } = outside
  const program = new Command('seatrial')
    .description('Makes a Linux host a Kubernetes node, and rehearses it on simulated hosts.')
    .version(await version())
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({ writeOut: text => terminal.print(text), writeErr: text => terminal.complain(text) })
    .showHelpAfterError('(seatrial --help tells more)')
    .addHelpText('after', HELP)
  nodeVerb(program, 'plan', 'show what apply would do; exit status 2 when there is something').action(
    async (hosts: string[], options: NodeVerbOptions) => report(await planVerb(hosts, options, outside)),
  )
  nodeVerb(program, 'apply', 'make hosts Kubernetes nodes')
    .addOption(
      new Option('--save <file>', 'write the simulated machine after the run; sim:FILE goes on with it'),
    )
    .action(async (hosts: string[], options: NodeVerbOptions) =>
      report(await applyVerb(hosts, options, outside)),
    )
  nodeVerb(program, 'verify', 'check that hosts are ready to be nodes').action(
    async (hosts: string[], options: NodeVerbOptions) => report(await verifyVerb(hosts, options, outside)),
  )
  runVerb(program, terminal, report)
  program
    .command('shell')
    .description('type commands on a simulated host, and try things out on copies of it')
    .argument('<host>', 'sim:NAME or sim:FILE')
    .action(async (host: string) => {
      const { shellVerb } = await import('./shell.ts')
      report(await shellVerb(host, terminal))
    })
  program
    .command('covers')
    .description('tell what of a script a simulated host models, without running it')
    .argument('<script>', 'a file, or - for standard input')
    .requiredOption('--on <host>', 'sim:NAME or sim:FILE')
    .option('--json', 'print one JSON object a command')
    .action(async (script: string, options: CoversOptions) => {
      const { coversVerb } = await import('./covers.ts')
      report(await coversVerb(script, options, terminal))
    })
  envVerbs(program, outside, report)
  return program
}

const HOST_KINDS = 'sim:NAME, sim:FILE, local:, docker:ID, ssh:[USER@]HOST or vm:NAME'

const HELP = `
Hosts:
  sim:debian-12            a simulated machine (sim:debian-12-container: a container)
  sim:FILE                 the machine that --save wrote, where it was
  sim:FILE?reboot          the same, booted from its disk
  local:                   this machine
  docker:ID                a running container, by id or name
  ssh:[USER@]HOST[:PORT]   a machine, as your ssh reaches it; as root, or by sudo without a password
  vm:NAME                  a virtual machine that \`seatrial env start\` started

Exit status:
  0   done, or nothing to do
  1   failed
  2   plan: there is something to do
  64  the command line or the configuration is wrong
  70  the simulator does not model what was asked of it
run ends with the exit status of the script.
`

/** What plan, apply and verify have in common. */
export interface NodeVerbOptions {
  readonly config?: string
  readonly json?: boolean
  readonly save?: string
  readonly inventory?: string
  readonly limit?: readonly string[]
  readonly parallel?: number
  readonly canary?: number
  readonly record?: string
}

function nodeVerb(program: Command, name: string, summary: string): Command {
  return program
    .command(name)
    .description(summary)
    .argument('[host...]', HOST_KINDS)
    .option('-c, --config <file>', 'node configuration (default: seatrial.toml, where there is one)')
    .option('-i, --inventory <file>', 'the hosts of a file (docs/configuration.md) instead')
    .option(
      '-l, --limit <name>',
      'of the inventory only this group, or hosts like this (* is any text); repeatable',
      also,
    )
    .option('-p, --parallel <n>', 'so many hosts at a time', atLeastOne, DEFAULT_PARALLEL)
    .option('--canary <n>', 'the first so many hosts go first, and no other if one of them fails', atLeastOne)
    .option('--record <directory>', 'keep a report of each host that fails: all that was read from it')
    .option('--json', 'print one JSON event a line')
}

const also = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

function atLeastOne(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.')
  return Number(text)
}

interface RunVerbOptions {
  readonly timeout: number
  readonly save?: string
}

function runVerb(program: Command, terminal: Terminal, report: Report): void {
  program
    .command('run')
    .description('run a script on a host; its output and exit status pass through')
    .argument('<host>', HOST_KINDS)
    .argument('<script>', 'a file, or - for standard input')
    .argument('[arguments...]', 'passed to the script')
    .option('--timeout <seconds>', 'ends the script and all that it started', seconds, 3600)
    .option('--save <file>', 'write the simulated machine after the run; sim:FILE goes on with it')
    .passThroughOptions()
    .action(async (host: string, script: string, words: string[], options: RunVerbOptions) => {
      const { timeout, save } = options
      const settings = { host, script, arguments: words, timeoutSeconds: timeout }
      report(await run(save === undefined ? settings : { ...settings, save }, terminal))
    })
}

function seconds(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('It must be a number of seconds.')
  return value
}

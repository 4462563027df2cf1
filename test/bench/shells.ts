import { readFileSync } from 'node:fs'
import { Bash, type Command, defineCommand } from 'just-bash'
import { boot } from '../../src/hosts.ts'
import { type Figure, figure, ratio, timed } from './figure.ts'
import { inRepository } from './peers.ts'

const ROUNDS = 100
const WARM_UP = 20

/**
 * The script of the upstream page: on a fork of a booted machine, and in just-bash as it comes, on its own files, with
 * commands that do nothing where it has none (`sudo` runs what follows it). Both are new in every round and take turns.
 */
export async function shells(): Promise<readonly Figure[]> {
  const script = readFileSync(inRepository('test/parity/upstream.sh'), 'utf8')
  const booted = await boot('debian-12')
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const own = await timed(async () => mustPass(await booted.fork().run(script)))
    const other = await timed(async () => mustPass(await stubbed().exec(script)))
    if (round < 0) continue
    ours.push(own)
    theirs.push(other)
  }
  return [
    figure('the upstream script: sim:debian-12', 'ms', ours),
    figure('the upstream script: just-bash with stub commands', 'ms', theirs),
    ratio('the upstream script: sim:debian-12 ÷ just-bash', ours, theirs),
  ]
}

function mustPass({ exitCode, stderr }: { readonly exitCode: number; readonly stderr: string }): void {
  if (exitCode !== 0) throw new Error(`the script exited ${exitCode}: ${stderr}`)
}

function stubbed(): Bash {
  return new Bash({
    files: { '/etc/modules-load.d/.keep': '', '/etc/sysctl.d/.keep': '' },
    customCommands: STUBS,
    defenseInDepth: false,
  })
}

const says = (name: string, stdout: string): Command =>
  defineCommand(name, async () => ({ stdout, stderr: '', exitCode: 0 }))

const STUBS: Command[] = [
  says('modprobe', ''),
  says('sysctl', 'net.ipv4.ip_forward = 1\n'),
  says('lsmod', 'br_netfilter 36864 0\noverlay 167936 0\n'),
  defineCommand('sudo', async ([name = '', ...args], context) => {
    if (context.exec === undefined) throw new Error('just-bash gives its commands no way to run another')
    return context.exec(name, { args, cwd: context.cwd, stdin: context.stdin.toString() })
  }),
]

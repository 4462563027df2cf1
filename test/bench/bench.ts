/**
 * What Seatrial costs: `npm run bench`, `npm run bench -- --json FILE` for the figures as data, `--markdown` for a table
 * with the machine that it was measured on, `--rounds N` for more or fewer of the rounds on real hosts, `--hosts N` for
 * more or fewer of the simulated fleet, `--only docker` for one part.
 *
 * How to read it: each line has how often a thing was done, and of these times the median, the least and the most.
 * `fresh host` is a copy of a machine that has booted, one full apply and one verify on it, in this one thread; the first
 * ones, in which code is compiled and files are parsed, are left out and are what `first` shows. `boot` runs the whole
 * boot every time; what depends on the image alone was made at the first. A fork's time is that of a thousand, divided;
 * its memory is what the heap grew by, after collections of garbage, while all of them were kept. The shells take turns.
 * The fleet is forked in two threads of one process, each from a machine of its own. Round trips are
 * counted at the port. The last parts are whole processes that do the same work on real containers: `real.ts` says how
 * they take turns, `peers.ts` what each of them is and does more or less than the others. Parts that this machine has not
 * what is needed for are left out with the reason; Ansible is Debian's `apt-get install --no-install-recommends
 * ansible-core`.
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem, type } from 'node:os'
import { parseArgs } from 'node:util'
import { isInstalled } from '../../containers/command.ts'
import { containerImage } from '../../containers/container-image.ts'
import { dockerEngine } from '../../containers/docker-engine.ts'
import { EnvironmentMissing } from '../../containers/environment-missing.ts'
import { readRelease, withPackages } from '../../containers/release.ts'
import { type Figure, HEADING, lineOf, markdownOf } from './figure.ts'
import { fleet } from './fleet.ts'
import { memoryOfForks } from './memory.ts'
import { ANSIBLE, BARE_SCRIPT, type Peer, SEATRIAL, type Way } from './peers.ts'
import { realHosts } from './real.ts'
import { shells } from './shells.ts'
import { roundTrips, simulated } from './simulated.ts'
import { PACKAGES } from './target.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', multiple: true },
    hosts: { type: 'string', default: '10000' },
    markdown: { type: 'boolean', default: false },
  },
})
const figures: Figure[] = []
const skipped: string[] = []
const write = (line: string): boolean => process.stdout.write(`${line}\n`)

function skip(part: string, why: string): void {
  skipped.push(`${part}: ${why}`)
  write(`${part}: not measured: ${why}`)
}

async function peersHere(): Promise<readonly Peer[]> {
  if (await isInstalled('ansible-playbook')) return [SEATRIAL, BARE_SCRIPT, ANSIBLE]
  skip(ANSIBLE.name, 'it is not installed (Debian has it in ansible-core)')
  return [SEATRIAL, BARE_SCRIPT]
}

async function real(way: Way): Promise<readonly Figure[]> {
  if (way === 'ssh' && !(await isInstalled('ssh')))
    throw new EnvironmentMissing('there is no ssh client (Debian has it in openssh-client)')
  const engine = await dockerEngine()
  try {
    await containerImage(withPackages(readRelease('debian-12'), PACKAGES), engine.dockerHost)
    const peers = await peersHere()
    for (const { name, about } of peers) write(`  ${name}: ${about}`)
    return await realHosts(way, peers, Number(values.rounds))
  } finally {
    engine.stop()
  }
}

/** A sentence that says what the figures were measured on. */
function machineHere(): string {
  const memoryGib = Math.round(totalmem() / 2 ** 30)
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor'
  return `Measured on ${availableParallelism()} cores (${processor}), ${memoryGib} GiB, ${type()} ${release()}, Node.js ${process.version}.`
}

const PARTS: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  simulated,
  memory: memoryOfForks,
  shell: shells,
  fleet: () => fleet(Number(values.hosts)),
  'round-trips': roundTrips,
  docker: () => real('docker'),
  ssh: () => real('ssh'),
}

write(HEADING)
for (const [name, part] of Object.entries(PARTS)) {
  if (values.only !== undefined && !values.only.includes(name)) continue
  try {
    for (const measured of await part()) {
      figures.push(measured)
      write(lineOf(measured))
    }
  } catch (error) {
    if (!(error instanceof EnvironmentMissing)) throw error
    skip(name, error.message)
  }
}
if (values.markdown) write(`\n${markdownOf(figures)}\n\n${machineHere()}`)
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ node: process.version, figures, skipped }, null, 2)}\n`)

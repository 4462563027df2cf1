/**
 * What Seatrial costs: `npm run bench`, `npm run bench -- --json FILE` for the figures as data, `--rounds N` for more or
 * fewer of the rounds on real hosts, `--only docker` for one part.
 *
 * How to read it: each line has how often a thing was done, and of these times the median, the least and the most.
 * `fresh host` is a copy of a machine that has booted, one full apply and one verify on it, in this one thread; the first
 * ones, in which code is compiled and files are parsed, are left out and are what `first` shows. Round trips are
 * counted at the port. The last parts are whole processes that do the same work on real containers: `real.ts` says how
 * they take turns, `peers.ts` what each of them is and does more or less than the others. Parts that this machine has not
 * what is needed for are left out with the reason; Ansible is Debian's `apt-get install --no-install-recommends
 * ansible-core`.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { isInstalled } from '../../containers/command.ts'
import { containerImage } from '../../containers/container-image.ts'
import { dockerEngine } from '../../containers/docker-engine.ts'
import { EnvironmentMissing } from '../../containers/environment-missing.ts'
import { readRelease, withPackages } from '../../containers/release.ts'
import { type Figure, HEADING, lineOf } from './figure.ts'
import { ANSIBLE, BARE_SCRIPT, type Peer, SEATRIAL, type Way } from './peers.ts'
import { realHosts } from './real.ts'
import { roundTrips, simulated } from './simulated.ts'
import { PACKAGES } from './target.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', multiple: true },
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

const PARTS: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  simulated,
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
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ node: process.version, figures, skipped }, null, 2)}\n`)

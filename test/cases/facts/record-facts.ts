/**
 * Records the facts of real containers and virtual machines in the states of `scenarios.yaml`. Answers are only ever recorded:
 * after it has run, the difference is for a person to read. Arguments name scenarios, and `--fact=NAME` one fact; without
 * them all are recorded.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parse } from 'yaml'
import { mustRun } from '../../../containers/command.ts'
import { startContainer } from '../../../containers/start.ts'
import { startVm } from '../../../containers/vm/start.ts'
import { DEFAULT_NODE_CONFIG } from '../../../src/config/node-config.ts'
import { apply } from '../../../src/engine/engine.ts'
import { openDockerHost } from '../../../src/host/docker.ts'
import type { Host } from '../../../src/host/host.ts'
import { openVmHost } from '../../../src/host/vm.ts'
import { ask, configOf, factNames, factOf, folderOf, toText } from './fact-case.ts'

interface Scenario {
  readonly name: string
  readonly about: string
  /** Default `debian-12`. */
  readonly release?: string
  /** File names of the facts; all of them where there is no list. */
  readonly facts?: readonly string[]
  readonly setup?: string
  readonly apply?: boolean
  /** `sleep` as PID 1 instead of systemd. */
  readonly plain?: boolean
  /** A virtual machine with its own kernel instead of a container. */
  readonly vm?: boolean
  /** A seatrial.toml. */
  readonly config?: string
}

const HERE = 'test/cases/facts'
const wanted = process.argv.slice(2).filter(word => !word.startsWith('--fact='))
const onlyFact = process.argv.find(word => word.startsWith('--fact='))?.slice('--fact='.length)
const scenarios: readonly Scenario[] = parse(readFileSync(`${HERE}/scenarios.yaml`, 'utf8'))
for (const scenario of scenarios) {
  if (wanted.length === 0 || wanted.includes(scenario.name)) await record(scenario)
}

function releaseOf({ release }: Scenario): string {
  return release ?? 'debian-12'
}

function record(scenario: Scenario): Promise<void> {
  return scenario.vm === true ? recordVm(scenario) : recordContainer(scenario)
}

async function recordVm(scenario: Scenario): Promise<void> {
  const vm = await startVm(releaseOf(scenario))
  const host = openVmHost(vm.id)
  try {
    if (scenario.apply === true) await apply(host, DEFAULT_NODE_CONFIG)
    await write(scenario, host, `virtual machine ${releaseOf(scenario)}`)
  } finally {
    await host.close()
    await vm.stop()
  }
}

async function recordContainer(scenario: Scenario): Promise<void> {
  const container = await startContainer(releaseOf(scenario))
  process.env.DOCKER_HOST = container.dockerHost
  const id = scenario.plain === true ? await plainContainer(container.id) : container.id
  const host = openDockerHost(id)
  try {
    await mustRun(['docker', 'exec', id, 'bash', '-euc', scenario.setup ?? ':'])
    if (scenario.apply === true) await apply(host, DEFAULT_NODE_CONFIG)
    const engineRoot = (await mustRun(['docker', 'info', '--format', '{{.DockerRootDir}}'])).trim()
    await write(scenario, host, `container ${releaseOf(scenario)}`, engineRoot)
  } finally {
    await host.close()
    if (id !== container.id) await mustRun(['docker', 'rm', '--force', id])
    await container.stop()
  }
}

async function write(
  scenario: Scenario,
  host: Host,
  environment: string,
  engineRoot?: string,
): Promise<void> {
  const { about, config } = scenario
  for (const name of factNames) {
    if (scenario.facts?.includes(folderOf(name)) === false) continue
    if (onlyFact !== undefined && onlyFact !== folderOf(name)) continue
    const { trips } = await ask(name, host, configOf(config))
    const recorded = { about, environment, ...(config !== undefined && { config }), trips, fact: undefined }
    mkdirSync(`${HERE}/${folderOf(name)}`, { recursive: true })
    const text = toText({ ...recorded, fact: factOf(name, recorded) })
    // Mounts name the folder of the engine that this machine happens to have; everybody else's is the usual one.
    const usual = engineRoot === undefined ? text : text.replaceAll(engineRoot, '/var/lib/docker')
    writeFileSync(`${HERE}/${folderOf(name)}/${scenario.name}.json`, usual)
  }
}

/** Another container of the same image, without systemd. */
async function plainContainer(sibling: string): Promise<string> {
  const image = (await mustRun(['docker', 'inspect', '--format', '{{.Image}}', sibling])).trim()
  return (
    await mustRun(['docker', 'run', '--detach', '--network', 'none', image, 'sleep', 'infinity'])
  ).trim()
}

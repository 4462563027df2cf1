/**
 * Records the facts of real Debian 12 containers in the states of `scenarios.yaml`. Answers are only ever recorded:
 * after it has run, the difference is for a person to read.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parse } from 'yaml'
import { mustRun } from '../../../containers/command.ts'
import { startContainer } from '../../../containers/start.ts'
import { DEFAULT_NODE_CONFIG } from '../../../src/config/node-config.ts'
import { apply } from '../../../src/engine/engine.ts'
import { openDockerHost } from '../../../src/host/docker.ts'
import { ask, factNames, factOf, folderOf, toText } from './fact-case.ts'

interface Scenario {
  readonly name: string
  readonly about: string
  /** File names of the facts; all of them where there is no list. */
  readonly facts?: readonly string[]
  readonly setup?: string
  readonly apply?: boolean
  /** `sleep` as PID 1 instead of systemd. */
  readonly plain?: boolean
}

const HERE = 'test/cases/facts'
const wanted = process.argv.slice(2)
const scenarios: readonly Scenario[] = parse(readFileSync(`${HERE}/scenarios.yaml`, 'utf8'))
for (const scenario of scenarios) {
  if (wanted.length === 0 || wanted.includes(scenario.name)) await record(scenario)
}

async function record(scenario: Scenario): Promise<void> {
  const container = await startContainer('debian-12')
  process.env.DOCKER_HOST = container.dockerHost
  const id = scenario.plain === true ? await plainContainer(container.id) : container.id
  const host = openDockerHost(id)
  try {
    await mustRun(['docker', 'exec', id, 'bash', '-euc', scenario.setup ?? ':'])
    if (scenario.apply === true) await apply(host, DEFAULT_NODE_CONFIG)
    for (const name of factNames) {
      if (scenario.facts?.includes(folderOf(name)) === false) continue
      const { trips } = await ask(name, batch => host.send(batch))
      const recorded = { about: scenario.about, environment: 'container debian-12', trips, fact: undefined }
      mkdirSync(`${HERE}/${folderOf(name)}`, { recursive: true })
      writeFileSync(
        `${HERE}/${folderOf(name)}/${scenario.name}.json`,
        toText({ ...recorded, fact: factOf(name, recorded) }),
      )
    }
  } finally {
    await host.close()
    if (id !== container.id) await mustRun(['docker', 'rm', '--force', id])
    await container.stop()
  }
}

/** Another container of the same image, without systemd. */
async function plainContainer(sibling: string): Promise<string> {
  const image = (await mustRun(['docker', 'inspect', '--format', '{{.Image}}', sibling])).trim()
  return (
    await mustRun(['docker', 'run', '--detach', '--network', 'none', image, 'sleep', 'infinity'])
  ).trim()
}

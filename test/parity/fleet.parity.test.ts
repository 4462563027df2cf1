import { afterAll, beforeAll, expect, test } from 'vitest'
import { type StartedContainer, startContainer } from '../../containers/start.ts'
import { describeContainer } from '../real.ts'
import { SSH_PACKAGES, type SshTargets, startSshTargets } from '../ssh-target.ts'
import { FakeTerminal, seatrial } from '../unit/src/cli/fake-terminal.ts'

const SSH_TARGETS = 50
const CONTAINERS = 10
const AT_ONCE = 12

await describeContainer(
  'debian-12',
  'a fleet of real hosts',
  crowd => {
    let targets: SshTargets
    const containers: StartedContainer[] = []

    beforeAll(async () => {
      targets = await startSshTargets(crowd(), SSH_TARGETS)
      while (containers.length < CONTAINERS) containers.push(await startContainer('debian-12'))
      process.env.SEATRIAL_SSH_CONFIG = targets.configFile
      process.env.DOCKER_HOST = crowd().dockerHost
    })

    afterAll(async () => {
      for (const container of containers) await container.stop()
      targets.close()
    })

    const fleet = (): string[] => [...targets.names, ...containers.map(({ name }) => name)]
    const onAll = (verb: string) =>
      seatrial([verb, '--parallel', String(AT_ONCE), ...fleet()], new FakeTerminal())

    test('becomes a fleet of nodes in one run, side by side, without a failure', async () => {
      const { exitStatus, stdout, stderr } = await onAll('apply')
      expect(exitStatus, `${stdout.slice(-3000)}\n${stderr}`).toBe(0)
    })

    test('is one: every host says so when asked again', async () => {
      const { exitStatus, stdout, stderr } = await onAll('verify')
      expect(exitStatus, `${stdout.slice(-3000)}\n${stderr}`).toBe(0)
      const hosts = fleet().filter(host => stdout.includes(host))
      expect(hosts).toEqual(fleet())
    })
  },
  { packages: SSH_PACKAGES },
)

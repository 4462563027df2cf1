import { afterAll, beforeAll } from 'vitest'
import { openSshHost } from '../../src/host/ssh.ts'
import { describeContainer } from '../real.ts'
import { prepareSshTarget, SSH_PACKAGES, type SshTarget } from '../ssh-target.ts'
import { describeHostContract } from './host.ts'
import { run } from './replies.ts'
import { describeSsh } from './ssh.ts'

const NOPASSWD = 'admin ALL=(root) NOPASSWD: ALL'

await describeContainer(
  'debian-12',
  'an sshd in a container',
  container => {
    let prepared: SshTarget | undefined
    const target = (): SshTarget => {
      if (prepared === undefined) throw new Error('the target is there only while tests run')
      return prepared
    }
    beforeAll(async () => {
      prepared = await prepareSshTarget(container())
      await prepared.addUser('admin', { sudoers: NOPASSWD })
    })
    afterAll(() => prepared?.close())

    for (const user of ['root', 'admin'])
      describeHostContract(`ssh:${user}@`, async () => {
        const host = openSshHost(`${user}@box`, { configFile: target().configFile })
        const scratchDir = (await run(host, 'mktemp', '-d', '/var/tmp/contract-XXXXXX')).trim()
        return { host, scratchDir, close: () => host.close() }
      })
    describeSsh(container, target)
  },
  { packages: SSH_PACKAGES },
)

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mustRun } from '../../containers/command.ts'
import { startContainer } from '../../containers/start.ts'

/** A fresh container, and the ways into it: the docker client, and ssh to an sshd that `docker exec` starts. */
export interface Target {
  readonly id: string
  readonly dockerHost: string
  /** An ssh_config(5) in which it is called `bench`. */
  readonly sshConfig: string
  /** A directory of its own on this machine, removed with it. */
  readonly path: string
  /** Takes the words of ssh, and has `docker exec` run the last of them. */
  readonly sshByDocker: string
  stop(): Promise<void>
}

/** What the peers need on the far side: Ansible runs Python there. */
export const PACKAGES = ['openssh-server', 'python3'] as const

export async function startTarget(): Promise<Target> {
  const container = await startContainer('debian-12', { packages: PACKAGES })
  const directory = mkdtempSync(join(tmpdir(), 'seatrial-bench-'))
  const { id, dockerHost } = container
  const file = (name: string, text: string, mode = 0o600): string => {
    writeFileSync(join(directory, name), text)
    chmodSync(join(directory, name), mode)
    return join(directory, name)
  }
  const exec = `docker -H ${dockerHost} exec -i ${id}`
  await mustRun(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(directory, 'key')])
  const sshConfig = file(
    'ssh_config',
    [
      'Host bench',
      'User root',
      `IdentityFile ${join(directory, 'key')}`,
      'IdentitiesOnly yes',
      `UserKnownHostsFile ${join(directory, 'known_hosts')}`,
      `ProxyCommand ${exec} /usr/sbin/sshd -i`,
      '',
    ].join('\n'),
  )
  const admit =
    'mkdir -p /run/sshd /root/.ssh && cat >/root/.ssh/authorized_keys && cat /etc/ssh/ssh_host_ed25519_key.pub'
  const key = await mustRun(['cat', join(directory, 'key.pub')])
  const admitted = await container.exec(['sh', '-c', admit], Buffer.from(key))
  file('known_hosts', `bench ${admitted.stdout}`)
  const sshByDocker = file(
    'ssh-by-docker',
    `#!/bin/sh\nfor last; do :; done\nexec ${exec} sh -c "$last"\n`,
    0o700,
  )
  return {
    id,
    dockerHost,
    sshConfig,
    path: directory,
    sshByDocker,
    async stop() {
      await container.stop()
      rmSync(directory, { recursive: true })
    },
  }
}

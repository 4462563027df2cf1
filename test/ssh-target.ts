import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mustRun } from '../containers/command.ts'
import type { StartedContainer } from '../containers/start.ts'

/** What a container needs for `prepareSshTarget`. */
export const SSH_PACKAGES = ['openssh-server', 'sudo', 'tcsh', 'fish'] as const

/** Where the far side's sshd has what it is started with. */
const PLACE = '/etc/seatrial-sshd'

/** A real sshd in a container, reached without a network: its address is a ProxyCommand. */
export interface SshTarget {
  /** For `openSshHost(…, { configFile })`: the host `box`, whose key is known, and one key that everybody there lets in. */
  readonly configFile: string
  /** A configuration of its own for this target: `lines` come before the common ones, and what they set counts. */
  configured(lines: string): string
  /** The ProxyCommand of its sshd, started by `entry` within the container. */
  sshd(entry: string): string
  /** A path in a folder that is removed with the target. */
  path(name: string): string
  /** An account with a home directory; `sudoers` are lines of its own. */
  addUser(name: string, options?: { shell?: string; sudoers?: string; bashrc?: string }): Promise<void>
  close(): void
}

/** Hosts of their own behind real sshds, each with its own systemd, files, network and name. */
export interface SshTargets {
  /** For `openSshHost(…, { configFile })`, or SEATRIAL_SSH_CONFIG. */
  readonly configFile: string
  /** Its hosts, as the command line takes them: `ssh:host-1`. */
  readonly names: readonly string[]
  /** Removes the configuration and the keys; the hosts end with their container. */
  close(): void
}

/** So many boot at the same time. */
const AT_ONCE = 5

/**
 * Starts `count` hosts within one container (`nested-host.sh`), which needs `SSH_PACKAGES`. They share its kernel, and its
 * files until they write to them, and nothing else: each can be made a node while the others are.
 */
export async function startSshTargets(container: StartedContainer, count: number): Promise<SshTargets> {
  const target = await prepareSshTarget(container)
  await inside(container, `cat >${PLACE}/nested-host.sh`, readFileSync(NESTED_HOST, 'utf8'))
  const hosts = Array.from({ length: count }, (_, at) => at + 1)
  const entries: string[] = []
  for (let at = 0; at < count; at += AT_ONCE)
    entries.push(...(await Promise.all(hosts.slice(at, at + AT_ONCE).map(n => startNested(container, n)))))
  const common = `User root\nHostKeyAlias box\n${commonLines(container, target.path)}`
  writeFileSync(target.path('targets'), `${entries.join('')}Host *\n${common}`)
  return {
    configFile: target.path('targets'),
    names: hosts.map(n => `ssh:host-${n}`),
    close: target.close,
  }
}

const NESTED_HOST = new URL('nested-host.sh', import.meta.url)

/** Its lines of an ssh_config(5). */
async function startNested(container: StartedContainer, n: number): Promise<string> {
  const init = await inside(container, `sh ${PLACE}/nested-host.sh ${n}`)
  return `Host host-${n}\n  ProxyCommand ${sshdCommand(container, `nsenter -t ${init.trim()} -a `)}\n`
}

/** Keys are made when it is called and lie in a folder of their own: nothing below ~/.ssh is read or written. */
export async function prepareSshTarget(container: StartedContainer): Promise<SshTarget> {
  const directory = mkdtempSync(join(tmpdir(), 'seatrial-sshd-'))
  const path = (name: string): string => join(directory, name)
  const client = await makeKey(path('key'))
  const server = await makeKey(path('host-key'))
  writeFileSync(path('known_hosts'), `box ${server.publicKey}`)
  const put = (file: string, content: string): Promise<unknown> =>
    inside(
      container,
      `umask 077; mkdir -p ${PLACE} /run/sshd; chmod 755 ${PLACE}; cat >${PLACE}/${file}`,
      content,
    )
  await put('host-key', server.privateKey)
  await put('authorized_keys', client.publicKey)
  await inside(container, `chmod 644 ${PLACE}/authorized_keys`)
  const configured = (lines: string): string => {
    const file = path(`config-${configurations++}`)
    writeFileSync(file, `Host box\n${lines}\n${commonLines(container, path)}`)
    return file
  }
  return {
    configFile: configured(''),
    configured,
    sshd: entry => sshdCommand(container, entry),
    path,
    addUser: (name, options = {}) => addUser(container, name, options),
    close: () => rmSync(directory, { recursive: true }),
  }
}

let configurations = 0

const commonLines = (container: StartedContainer, path: (name: string) => string): string => `Host *
  ProxyCommand ${sshdCommand(container)}
  IdentityFile ${path('key')}
  IdentitiesOnly yes
  UserKnownHostsFile ${path('known_hosts')}
  GlobalKnownHostsFile /dev/null
`

/** sshd(8) `-i`: one connection over standard input and output. */
const sshdCommand = (container: StartedContainer, entry = ''): string =>
  `docker -H ${container.dockerHost} exec -i ${container.id} ${entry}/usr/sbin/sshd -i -h ${PLACE}/host-key -o AuthorizedKeysFile=${PLACE}/authorized_keys`

async function makeKey(file: string): Promise<{ publicKey: string; privateKey: string }> {
  await mustRun(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'seatrial', '-f', file])
  return { publicKey: await mustRun(['cat', `${file}.pub`]), privateKey: await mustRun(['cat', file]) }
}

async function addUser(
  container: StartedContainer,
  name: string,
  { shell = '/bin/bash', sudoers = '', bashrc = '' }: { shell?: string; sudoers?: string; bashrc?: string },
): Promise<void> {
  await inside(container, `useradd --create-home --shell ${shell} ${name}`)
  await inside(container, `cat >/etc/sudoers.d/${name}`, `${sudoers}\n`)
  await inside(
    container,
    `cat >>/home/${name}/.bashrc.new; cat /home/${name}/.bashrc >>/home/${name}/.bashrc.new; mv /home/${name}/.bashrc.new /home/${name}/.bashrc`,
    `${bashrc}\n`,
  )
}

/** Runs a script in the container, where it must succeed. */
export async function inside(container: StartedContainer, script: string, stdin = ''): Promise<string> {
  const { exitCode, stdout, stderr } = await container.exec(['sh', '-c', script], Buffer.from(stdin))
  if (exitCode !== 0) throw new Error(`${script}\nexited ${exitCode}: ${stdout}${stderr}`)
  return stdout.toString()
}

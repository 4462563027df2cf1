import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Target } from './target.ts'

/** The root of the repository, seen from where this file is compiled to. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** A file of the repository, by its path in it. */
export const inRepository = (path: string): string => join(ROOT, path)

const here = (name: string): string => inRepository(`test/bench/${name}`)

export type Way = 'docker' | 'ssh'

/** A process that makes a host a node, start to end. */
export interface Command {
  readonly argv: readonly [string, ...string[]]
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: Uint8Array
}

/** One way of doing the work, and what is to be known when its figures are read. */
export interface Peer {
  readonly name: string
  readonly about: string
  command(target: Target, way: Way): Command
}

/** The first one is what the others are compared with. */
export const SEATRIAL: Peer = {
  name: 'seatrial apply',
  about:
    'gathers facts, edits what is there and keeps the old file, syncs what it writes, gathers again, checks 20 things',
  command: (target, way) => ({
    argv: [
      process.execPath,
      join(ROOT, 'dist/src/cli.js'),
      'apply',
      way === 'docker' ? `docker:${target.id}` : 'ssh:bench',
    ],
    env: { DOCKER_HOST: target.dockerHost, SEATRIAL_SSH_CONFIG: target.sshConfig },
  }),
}

export const BARE_SCRIPT: Peer = {
  name: 'bare script',
  about: 'overwrites, restarts and waits for the CRI plugin, every time; keeps, syncs and checks nothing',
  command: (target, way) => ({
    argv:
      way === 'docker'
        ? ['docker', '-H', target.dockerHost, 'exec', '-i', target.id, 'bash', '-s']
        : ['ssh', '-F', target.sshConfig, 'bench', 'bash', '-s'],
    stdin: readFileSync(here('bare-script.sh')),
  }),
}

/**
 * Ansible as it is at its quickest without other people's plugins: facts are not gathered, the interpreter is named,
 * modules are piped to it, and over ssh one connection is kept, open from the first run to the second. Its docker
 * connection is in a collection that ansible-core has not: `docker exec` takes the place of the ssh program instead.
 */
export const ANSIBLE: Peer = {
  name: 'ansible-playbook',
  about: 'compares, keeps the old file and restarts after a change, as Seatrial does; reads nothing back',
  command: (target, way) => {
    const inventory = join(target.path, 'inventory')
    const settings = join(target.path, 'ansible.cfg')
    const host = ['bench', 'ansible_user=root', 'ansible_python_interpreter=/usr/bin/python3']
    if (way === 'docker') host.push(`ansible_ssh_executable=${target.sshByDocker}`)
    writeFileSync(inventory, `${host.join(' ')}\n`)
    writeFileSync(settings, ansibleSettings(target))
    return {
      argv: ['ansible-playbook', '--inventory', inventory, here('playbook.yaml')],
      env: { ANSIBLE_CONFIG: settings },
    }
  },
}

const ansibleSettings = ({ path, sshConfig }: Target): string => `[defaults]
nocows = true
[ssh_connection]
pipelining = true
control_path_dir = ${path}
ssh_args = -F ${sshConfig} -o ControlMaster=auto -o ControlPersist=60s
`

import { beforeAll, describe, expect, it } from 'vitest'
import type { Machine } from '../../../../sim/machine.ts'
import { Unsimulated } from '../../../../src/host/host.ts'
import { boot, run, text } from '../../../simulated.ts'

const READING = 'Reading package lists...\nBuilding dependency tree...\nReading state information...\n'

let fresh: Machine
let updated: Machine

beforeAll(async () => {
  fresh = await boot('debian-12-container')
  updated = fresh.fork()
  await run(updated, ['apt-get', 'update'])
})

const install = (machine: Machine, ...words: readonly string[]) =>
  run(machine, ['apt-get', 'install', '-y', ...words])

describe('apt-get without indexes', () => {
  it('locates nothing that is not installed', async () => {
    expect(await install(fresh.fork(), 'socat')).toEqual({
      exitCode: 100,
      stdout: READING,
      stderr: 'E: Unable to locate package socat\n',
    })
  })

  it('knows what is installed as the newest version', async () => {
    const { exitCode, stdout } = await install(fresh.fork(), 'containerd')
    expect(exitCode).toBe(0)
    expect(stdout).toBe(
      `${READING}containerd is already the newest version (1.6.20~ds1-1+deb12u3).\n0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n`,
    )
  })
})

describe('apt-get update', () => {
  it('fetches an index of each suite, and the second time finds them as they are', async () => {
    const machine = fresh.fork()
    const { stdout } = await run(machine, ['apt-get', 'update'])
    expect(stdout).toContain('Get:1 http://deb.debian.org/debian bookworm InRelease [')
    expect(stdout).toContain('http://deb.debian.org/debian-security bookworm-security/main amd64 Packages [')
    const again = await run(machine, ['apt-get', 'update'])
    expect(again.stdout.split('\n')[0]).toBe('Hit:1 http://deb.debian.org/debian bookworm InRelease')
  })

  it('of an archive that was not recorded is not simulated', async () => {
    const machine = fresh.fork()
    const add =
      'echo "deb https://download.docker.com/linux/debian bookworm stable" >/etc/apt/sources.list.d/docker.list'
    await run(machine, ['sh', '-c', add])
    await expect(run(machine, ['apt-get', 'update'])).rejects.toThrow(Unsimulated)
  })
})

describe('apt-get install and remove', () => {
  it('brings a package with what it needs, and removes it alone', async () => {
    const machine = updated.fork()
    const { exitCode, stdout, stderr } = await install(machine, 'socat')
    expect(exitCode).toBe(0)
    expect(stderr).toBe('debconf: delaying package configuration, since apt-utils is not installed\n')
    expect(stdout).toContain('The following additional packages will be installed:\n  libnsl2 libwrap0\n')
    expect(stdout).toContain(
      'Setting up libnsl2:amd64 (1.3.0-2) ...\r\nSetting up libwrap0:amd64 (7.6.q-32) ...\r\nSetting up socat (1.7.4.4-2) ...\r\nProcessing triggers for libc-bin (',
    )
    const removed = await run(machine, ['apt-get', 'remove', '-y', 'socat'])
    expect(removed.stdout).toContain(
      "The following packages were automatically installed and are no longer required:\n  libnsl2 libwrap0\nUse 'apt autoremove' to remove them.\n",
    )
    expect(removed.stdout).toContain('Removing socat (1.7.4.4-2) ...\r\n')
    expect((await run(machine, ['which', 'socat'])).exitCode).toBe(1)
  })

  it('of containerd stops the service and keeps its configuration; purge takes that too', async () => {
    const machine = updated.fork()
    expect((await run(machine, ['apt-get', 'remove', '-y', 'containerd'])).exitCode).toBe(0)
    expect((await run(machine, ['systemctl', 'is-active', 'containerd'])).stdout).toBe('inactive\n')
    expect(text(machine, '/etc/containerd/config.toml')).toContain('version = 2')
    expect((await run(machine, ['dpkg-query', '-W', '-f', '${db:Status-Abbrev}', 'containerd'])).stdout).toBe(
      'rc ',
    )
    await run(machine, ['apt-get', 'purge', '-y', 'containerd'])
    expect((await run(machine, ['test', '-e', '/etc/containerd'])).exitCode).toBe(1)
  })

  it('of containerd anew enables and starts it', async () => {
    const machine = updated.fork()
    await run(machine, ['apt-get', 'purge', '-y', 'containerd'])
    const { stdout } = await install(machine, '--no-install-recommends', 'containerd')
    expect(stdout).toContain(
      'Created symlink /etc/systemd/system/multi-user.target.wants/containerd.service -> /lib/systemd/system/containerd.service.\r\n',
    )
    expect((await run(machine, ['systemctl', 'is-enabled', 'containerd'])).stdout).toBe('enabled\n')
    expect((await run(machine, ['systemctl', 'is-active', 'containerd'])).stdout).toBe('active\n')
  })

  it('starts nothing where policy-rc.d forbids it', async () => {
    const machine = updated.fork()
    await run(machine, ['apt-get', 'purge', '-y', 'containerd'])
    await run(machine, [
      'sh',
      '-c',
      'printf "#!/bin/sh\nexit 101\n" >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d',
    ])
    expect((await install(machine, 'containerd')).exitCode).toBe(0)
    expect((await run(machine, ['systemctl', 'is-active', 'containerd'])).stdout).toBe('inactive\n')
    expect((await run(machine, ['systemctl', 'is-enabled', 'containerd'])).stdout).toBe('enabled\n')
  })

  it('leaves a held package alone', async () => {
    const machine = updated.fork()
    await run(machine, ['apt-mark', 'hold', 'containerd'])
    const { exitCode, stderr } = await run(machine, ['apt-get', 'remove', '-y', 'containerd'])
    expect(exitCode).toBe(100)
    expect(stderr).toBe(
      'E: Held packages were changed and -y was used without --allow-change-held-packages.\n',
    )
  })

  it('asks before it removes, and stops at the end of its input', async () => {
    const { exitCode, stdout } = await run(updated.fork(), ['apt-get', 'remove', 'containerd'])
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/Do you want to continue\? \[Y\/n\] Abort\.\n$/)
  })

  it('removes what depends on a package with it', async () => {
    const { stdout } = await run(updated.fork(), ['apt-get', '-s', 'remove', 'runc'])
    expect(stdout).toContain('The following packages will be REMOVED:\n  containerd runc\n')
    expect(stdout).toContain('Remv containerd [1.6.20~ds1-1+deb12u3]\nRemv runc [')
  })

  it('says of names that the archive does not have that it cannot locate them', async () => {
    const { exitCode, stderr } = await install(updated.fork(), 'kubelet')
    expect({ exitCode, stderr }).toEqual({ exitCode: 100, stderr: 'E: Unable to locate package kubelet\n' })
  })

  it('of a package that was not recorded is not simulated', async () => {
    await expect(install(updated.fork(), 'git')).rejects.toThrow(Unsimulated)
  })
})

describe('apt-get’s command line', () => {
  it('knows its operations and options', async () => {
    expect(await run(fresh.fork(), ['apt-get', 'frob'])).toEqual({
      exitCode: 100,
      stdout: '',
      stderr: 'E: Invalid operation frob\n',
    })
    expect((await run(fresh.fork(), ['apt-get', '--frob', 'install', 'x'])).stderr).toBe(
      'E: Command line option --frob is not understood in combination with the other options\n',
    )
  })
})

it.each(['debian-11', 'debian-12', 'debian-13', 'debian-14'])(
  '%s installs socat and conntrack',
  async name => {
    const machine = await boot(name)
    await run(machine, ['apt-get', 'update'])
    expect((await run(machine, ['apt-get', '-qq', 'install', '-y', 'socat', 'conntrack'])).exitCode).toBe(0)
    expect((await run(machine, ['dpkg-query', '-W', '-f', '${Status}\n', 'socat', 'conntrack'])).stdout).toBe(
      'install ok installed\ninstall ok installed\n',
    )
  },
)

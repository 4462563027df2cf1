import { writeFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { mustRun, run as runHere } from '../../containers/command.ts'
import type { StartedContainer } from '../../containers/start.ts'
import { startProgram } from '../../src/host/far-shell.ts'
import type { Exec, Host, HostError } from '../../src/host/host.ts'
import { openShellHost } from '../../src/host/shell-transport.ts'
import { openSshHost } from '../../src/host/ssh.ts'
import { asRoot, explainSudo } from '../../src/host/sudo.ts'
import { inside, type SshTarget } from '../ssh-target.ts'
import { ask, execOf, run, textOf } from './replies.ts'

const sh = (script: string): Exec => ({ kind: 'exec', argv: ['sh', '-c', script] })
const passwordless = (user: string): string => `${user} ALL=(root) NOPASSWD: ALL`

interface Place {
  readonly container: () => StartedContainer
  readonly target: () => SshTarget
}

/** What only a host behind ssh does. */
export function describeSsh(container: () => StartedContainer, target: () => SshTarget): void {
  const place = { container, target }
  describe('a host behind ssh', () => {
    describeLogins(place)
    describeSudo(place)
    describeHostKeys(place)
    describeFailures(place)
    describeConnections(place)
  })
}

/** Closed after the test. */
function open(name: string, configFile: string): Host {
  const host = openSshHost(name, { configFile })
  onTestFinished(() => host.close())
  return host
}

async function failureOf(host: Host): Promise<HostError> {
  const error: unknown = await host.send([sh('exit 0')]).then(
    () => new Error('it was reached'),
    (reason: unknown) => reason,
  )
  return error as HostError
}

function describeLogins({ target }: Place): void {
  test.each(['/bin/tcsh', '/usr/bin/fish', '/bin/dash'])(
    'whose login shell is %s is reached',
    async shell => {
      const user = `shell-${shell.replace(/.*\//, '')}`
      await target().addUser(user, { shell, sudoers: passwordless(user) })
      expect(await run(open(`${user}@box`, target().configFile), 'id', '-u')).toBe('0\n')
    },
  )

  test('whose ~/.bashrc prints something is understood all the same', async () => {
    await target().addUser('noisy', {
      sudoers: passwordless('noisy'),
      bashrc: 'echo hello; printf "no newline"',
    })
    expect(await run(open('noisy@box', target().configFile), 'id', '-u')).toBe('0\n')
  })

  test('whose login shell is nologin says what that said', async () => {
    await target().addUser('nobody-home', { shell: '/usr/sbin/nologin' })
    const error = await failureOf(open('nobody-home@box', target().configFile))
    expect(error).toMatchObject({ name: 'HostError', reason: 'unreachable' })
    expect(error.message).toContain('the login of nobody-home there ended after saying "This account')
  })

  test('whose ~/.bashrc ends the shell says that the login ended', async () => {
    await target().addUser('leaving', { bashrc: 'exit 0' })
    expect((await failureOf(open('leaving@box', target().configFile))).message).toMatch(
      /the login of leaving there ended without a word: .*~\/\.bashrc/,
    )
  })

  test('does what a configuration says besides, where that would keep it from running', async () => {
    const lines = ['RequestTTY force', 'RemoteCommand uptime', 'SessionType none', 'StdinNull yes']
    expect(await run(open('root@box', target().configured(lines.join('\n'))), 'id', '-u')).toBe('0\n')
  })
}

function describeSudo({ container, target }: Place): void {
  test.each([
    ['asking', 'asking ALL=(root) ALL', /sudo there wants a password of asking.*NOPASSWD: ALL/s],
    ['stranger', '', /sudo there .*stranger.*NOPASSWD: ALL/s],
    ['limited', 'limited ALL=(root) NOPASSWD: /bin/true', /sudo there .*limited.*NOPASSWD: ALL/s],
    [
      'terminal',
      `Defaults:terminal requiretty\n${passwordless('terminal')}`,
      /"Defaults:terminal !requiretty"/,
    ],
  ])('%s, whom sudo refuses, is told what to do', async (user, sudoers, words) => {
    await target().addUser(user, { sudoers })
    const error = await failureOf(open(`${user}@box`, target().configFile))
    expect(error).toMatchObject({ name: 'HostError', reason: 'auth', message: expect.stringMatching(words) })
  })

  test('without sudo is told to log in as root', async () => {
    await target().addUser('poor', { sudoers: passwordless('poor') })
    await inside(container(), 'mv /usr/bin/sudo /usr/bin/sudo.away')
    onTestFinished(() => inside(container(), 'mv /usr/bin/sudo.away /usr/bin/sudo').then(() => undefined))
    const error = await failureOf(open('poor@box', target().configFile))
    expect(error).toMatchObject({
      reason: 'auth',
      message: expect.stringMatching(/sudo is not installed there: log in as root/),
    })
  })

  test('shares its way to root with every other shell transport', async () => {
    const { dockerHost, id } = container()
    const dockerAs = (user: string): Host => {
      const entry = ['docker', '-H', dockerHost, 'exec', '-i', '-u', user, id, 'sh', '-c'] as const
      return openShellHost({
        name: `docker as ${user}`,
        start: bootstrap => startProgram([...entry, asRoot(bootstrap)]),
        explain: ({ stderr }) =>
          explainSudo(stderr, user) ?? { reason: 'unreachable' as const, message: stderr },
      })
    }
    await target().addUser('in-docker', { sudoers: passwordless('in-docker') })
    await target().addUser('docker-guest')
    expect(await run(dockerAs('in-docker'), 'id', '-u')).toBe('0\n')
    expect(await failureOf(dockerAs('docker-guest'))).toMatchObject({
      reason: 'auth',
      message: expect.stringContaining('password of docker-guest'),
    })
  })
}

function describeHostKeys({ target }: Place): void {
  test('whose host key is not known is not spoken to', async () => {
    const error = await failureOf(
      open('root@box', target().configured('UserKnownHostsFile /dev/null\nUser nobody')),
    )
    expect(error).toMatchObject({ name: 'HostError', reason: 'auth' })
    expect(error.message).toMatch(
      /host key of box is not known here.*run `ssh -F .* -l root box` once.*fingerprint/,
    )
  })

  test('whose host key is another than the known one names the line that says so', async () => {
    const { path, configured } = target()
    await mustRun(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', path('other')])
    writeFileSync(path('known-other'), `# a comment\nbox ${await mustRun(['cat', path('other.pub')])}`)
    const error = await failureOf(open('root@box', configured(`UserKnownHostsFile ${path('known-other')}`)))
    expect(error.reason).toBe('auth')
    expect(error.message).toContain(`another than the known one (${path('known-other')}, line 2)`)
    expect(error.message).toContain(`ssh-keygen -R box -f ${path('known-other')}`)
  })

  test('whose key a configuration says to take the first time is taken', async () => {
    const { path, configured } = target()
    const lines = `UserKnownHostsFile ${path('known-new')}\nStrictHostKeyChecking accept-new`
    expect(await run(open('root@box', configured(lines)), 'id', '-u')).toBe('0\n')
  })
}

function describeFailures({ target }: Place): void {
  test('that lets no key in says which login, and never asks for a password', async () => {
    const error = await failureOf(open('not-there@box', target().configFile))
    expect(error).toMatchObject({
      reason: 'auth',
      message: expect.stringMatching(
        /not-there@box is not let in by a key.*ssh-add.*authorized_keys of not-there/,
      ),
    })
  })

  const elsewhere = (lines: string): string => {
    const file = target().path(`elsewhere-${lines.length}`)
    writeFileSync(file, lines)
    return file
  }

  test.each([
    [
      'box',
      'Host *\n  HostName no-such-host.invalid\n',
      'unreachable',
      /no-such-host\.invalid does not resolve/,
    ],
    ['127.0.0.1:1', '# nothing\n', 'unreachable', /127\.0\.0\.1 refuses connections on port 1:/],
    ['[::1]:1', '# nothing at all\n', 'unreachable', /::1 refuses connections on port 1:/],
    [
      'box',
      'Host *\n  ProxyCommand sleep 20\n  ConnectTimeout 1\n',
      'timeout',
      /box takes the connection.*says nothing/,
    ],
    [
      'box',
      'Host box\n  ProxyJump jump\nHost jump\n  HostName 127.0.0.1\n  Port 1\n',
      'unreachable',
      /the way there \(jump\) fails: 127\.0\.0\.1 refuses/,
    ],
    [
      'box',
      'Host *\n  ProxyCommand no-such-program\n',
      'unreachable',
      /the way there \(no-such-program\) fails: .*not found/,
    ],
    ['box', 'Host *\n  NoSuchOption yes\n', 'unreachable', /line 2: Bad configuration option/],
  ])(
    '%s of the configuration %j cannot be reached, and it is said why',
    async (name, lines, reason, words) => {
      const error = await failureOf(open(name, elsewhere(lines)))
      expect(error).toMatchObject({ name: 'HostError', reason, message: expect.stringMatching(words) })
    },
  )

  test('behind a jump host whose key is not known says that it is the jump host', async () => {
    const lines = `  ProxyJump jump\nHost jump\n  UserKnownHostsFile /dev/null`
    const error = await failureOf(open('root@box', target().configured(lines)))
    expect(error).toMatchObject({ reason: 'auth' })
    expect(error.message).toMatch(/the way there \(jump\) fails: the host key of jump is not known here/)
  })

  test('where no file can be written says so', async () => {
    // A session of its own mount namespace, in which all that the wire may keep payload in is read-only.
    const mounts = ['mount -t tmpfs none /run', 'mkdir /run/sshd', 'mount -o remount,ro /run']
    const readOnly = [
      ...mounts,
      'mount -t tmpfs -o ro none /dev/shm',
      'mount -t tmpfs -o ro none /tmp',
      'exec',
    ].join('; ')
    const lines = `ProxyCommand ${target().sshd(`unshare --mount sh -c '${readOnly} "$@"' sh `)}`
    const error = await failureOf(open('root@box', target().configured(lines)))
    expect(error).toMatchObject({ reason: 'unreachable' })
    expect(error.message).toContain('no directory of /run, /dev/shm and /tmp can be written to')
  })
}

function describeConnections({ container, target }: Place): void {
  const connections = async (): Promise<string[]> =>
    (await inside(container(), 'pgrep -f "^sshd: root@notty" || :')).split('\n').filter(line => line !== '')

  test('takes more batches at once than the server has sessions for one connection', async () => {
    const host = open('root@box', target().configFile)
    const together = await run(host, 'mktemp', '-d', '/var/tmp/together-XXXXXX')
    const dir = together.trim()
    // Each waits for all others, so that they have to be there at the same time.
    const meet = `: >${dir}/$$; until [ "$(ls ${dir} | wc -l)" -ge 14 ]; do sleep 0.05; done; echo met`
    const replies = await Promise.all(Array.from({ length: 14 }, () => ask(host, sh(meet))))
    expect(replies.map(reply => textOf(execOf(reply).stdout))).toEqual(Array(14).fill('met\n'))
  })

  test('shares one connection among its batches, also those that were sent before it stood', async () => {
    const host = open('root@box', target().configFile)
    // The sshd among its ancestors is the one of the connection.
    const sshd = 'p=$$; until grep -qx sshd /proc/$p/comm; do read -r _ _ _ p _ </proc/$p/stat; done; echo $p'
    const pidOf = async (): Promise<string> => textOf(execOf(await ask(host, sh(sshd))).stdout).trim()
    const together = await Promise.all([pidOf(), pidOf(), pidOf()])
    const pids = new Set([...together, await pidOf()])
    expect([...pids]).toEqual([expect.stringMatching(/^\d+$/)])
    await host.close()
    await inside(container(), `while [ -d /proc/${[...pids][0]} ]; do sleep 0.05; done`)
  })

  test('whose connection is lost in the middle tells what had been done, and is reached anew', async () => {
    const host = open('root@box', target().configFile)
    const mark = (await run(host, 'mktemp', '/var/tmp/lost-XXXXXX')).trim()
    const [session = ''] = (await connections()).slice(-1)
    const sent = host.send([
      sh('echo one'),
      sh(`echo two >${mark}; kill -9 ${session}; sleep 1`),
      sh('echo three'),
    ])
    await expect(sent).rejects.toMatchObject({
      name: 'HostError',
      reason: 'closed',
      replies: [{ kind: 'exec', exitCode: 0 }],
    })
    expect(await run(host, 'cat', mark)).toBe('two\n')
  })

  test('uses a connection that a person holds open, and leaves it so', async () => {
    const path = target().path('mine')
    const configFile = target().configured(`ControlPath ${path}\nUser root`)
    await mustRun([
      'ssh',
      '-F',
      configFile,
      '-o',
      'ControlMaster=yes',
      '-o',
      'ControlPersist=60',
      'box',
      'true',
    ])
    const before = (await connections()).length
    const host = openSshHost('box', { configFile })
    await run(host, 'true')
    expect((await connections()).length).toBe(before)
    await host.close()
    expect((await runHere(['ssh', '-F', configFile, '-O', 'exit', 'box'])).exitCode).toBe(0)
  })
}

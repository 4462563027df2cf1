import { strerror } from './errno.ts'
import type { HostErrorReason } from './host.ts'
import type { StartFailure } from './shell-transport.ts'
import { explainSudo } from './sudo.ts'

/** Whom ssh was to reach, as its configuration has it (`ssh -G`). */
export interface SshDestination {
  /** What a person types behind `ssh` to reach the same. */
  readonly command: string
  readonly user: string
  readonly hostname: string
  readonly port: string
  /** The jump host or the program on the way, where there is one. */
  readonly proxy?: string
}

export interface Explanation {
  readonly reason: HostErrorReason
  readonly message: string
}

/** Says for a person why ssh did not reach a shell, and what to do. */
export function explainSsh(failure: StartFailure, to: SshDestination): Explanation {
  if (failure.spawnError !== undefined) return noClient(failure.spawnError)
  const sudo = explainSudo(failure.stderr, to.user)
  return sudo ?? explainWay(failure.stderr, to) ?? explainLogin(failure, to)
}

/** The ssh client itself is not there. */
export const noClient = (spawnError: string): Explanation => ({
  reason: 'unreachable',
  message:
    spawnError === 'ENOENT'
      ? 'there is no ssh client on PATH (Debian has it in openssh-client)'
      : `the ssh client cannot be started: ${spawnError}`,
})

interface Rule {
  readonly pattern: RegExp
  explain(match: RegExpExecArray, to: SshDestination): Explanation
}

/** All that ssh says when what stands between it and the host ended. */
const PROXY_ENDED =
  /^(?:kex_exchange_identification: .*|Connection (?:closed|reset) by UNKNOWN.*|banner exchange: .*)$/gm

/** Whether the reason is known to nobody but the jump host's ssh, or the program on the way. */
export const isProxyEnd = (stderr: string): boolean =>
  stderr !== '' && stderr.replace(PROXY_ENDED, '').trim() === ''

function explainWay(stderr: string, to: SshDestination): Explanation | undefined {
  const before = stderr.replace(PROXY_ENDED, '').trim()
  if (to.proxy === undefined || before === stderr.trim() || before === '') return explainLines(stderr, to)
  const { reason, message } = explainLines(before, { ...to, hostname: to.proxy, command: '' }) ?? {
    reason: 'unreachable' as const,
    message: before,
  }
  return { reason, message: `the way there (${to.proxy}) fails: ${message}` }
}

function explainLines(stderr: string, to: SshDestination): Explanation | undefined {
  for (const { pattern, explain } of RULES) {
    const match = pattern.exec(stderr)
    if (match !== null) return explain(match, to)
  }
  return undefined
}

/** The login went well, and then there was no shell. */
function explainLogin({ stdout, stderr }: StartFailure, to: SshDestination): Explanation {
  if (stdout === '' && stderr !== '') return { reason: 'unreachable', message: stderr }
  const words = [stdout, stderr].filter(text => text !== '').join('\n')
  const said = words === '' ? 'without a word' : `after saying ${JSON.stringify(words)}`
  return {
    reason: 'unreachable',
    message: `the login of ${to.user} there ended ${said}: its login shell (or what that runs first, such as ~/.bashrc) runs no command`,
  }
}

const named = ({ command }: SshDestination): string =>
  command === '' ? 'connect to it once by hand' : `run \`${command}\` once`

/** The words of OpenSSH 8.4 to 10 (sshconnect.c, sshconnect2.c, packet.c); the first that fits counts. */
const RULES: readonly Rule[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED(?:[\s\S]*?Offending (?:\S+ )?key in (.+?):(\d+))?/,
    explain: ([, file, line], to) => ({
      reason: 'auth',
      message:
        `the host key of ${to.hostname} is another than the known one` +
        `${file === undefined ? '' : ` (${file}, line ${line})`}: it was installed again, or somebody is in between. ` +
        `Compare fingerprints with its owner; then remove the old key by ` +
        `\`ssh-keygen -R ${knownName(to)}${file === undefined ? '' : ` -f ${file}`}\` and ${named(to)} to accept the new one`,
    }),
  },
  {
    pattern: /Host key verification failed|host key is known for/,
    explain: (_, to) => ({
      reason: 'auth',
      message:
        `the host key of ${to.hostname} is not known here, and is never accepted unseen: ` +
        `${named(to)}, compare the fingerprint that it shows with the host's, and answer yes`,
    }),
  },
  {
    pattern: /(\S+): Permission\sdenied \(([^)]*)\)/,
    explain: ([, login = '', methods = ''], to) => ({
      reason: 'auth',
      message:
        `${login} is not let in by a key (it offers ${methods.split(',').join(', ')}): load the key into the agent (ssh-add), name it ` +
        `as IdentityFile in ~/.ssh/config, or add it to ~/.ssh/authorized_keys of ${to.user} there; nobody is asked for a password`,
    }),
  },
  {
    pattern: /Too many authentication failures/,
    explain: () => ({
      reason: 'auth',
      message:
        'it refused after too many keys: name the right one as IdentityFile, with IdentitiesOnly yes, in ~/.ssh/config',
    }),
  },
  {
    pattern: /Could not resolve hostname (\S+):/,
    explain: ([, host]) => ({
      reason: 'unreachable',
      message: `the name ${host} does not resolve: is it misspelt, or an alias that ~/.ssh/config does not have?`,
    }),
  },
  {
    pattern: new RegExp(`connect to host (\\S+) port (\\d+): ${strerror('ECONNREFUSED')}`),
    explain: ([, host, port]) => ({
      reason: 'unreachable',
      message: `${host} refuses connections on port ${port}: no sshd listens there, or a firewall rejects`,
    }),
  },
  {
    pattern: new RegExp(`connect to host (\\S+) port (\\d+): ${strerror('ETIMEDOUT')}`),
    explain: ([, host, port]) => ({
      reason: 'timeout',
      message: `${host} does not answer on port ${port}: it is down, or a firewall is in between`,
    }),
  },
  {
    pattern: /timed out during banner exchange|Connection to \S+ port \S+ timed out/,
    explain: (_, { hostname, port }) => ({
      reason: 'timeout',
      message: `${hostname} takes the connection on port ${port} and then says nothing: is it an sshd, and not overloaded?`,
    }),
  },
  {
    pattern: /connect to host (\S+) port (\d+): (.+)/,
    explain: ([, host, port, why]) => ({
      reason: 'unreachable',
      message: `${host} cannot be reached on port ${port}: ${why}`,
    }),
  },
  {
    pattern: /^kex_exchange_identification: (.*)|^Connection (?:closed|reset) by (.*)$/m,
    explain: ([words], { hostname, proxy }) => ({
      reason: 'unreachable',
      message: `${proxy ?? hostname} ended the connection before the login (${words})`,
    }),
  },
]

/** As known_hosts has it: with the port where it is not 22 (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
const knownName = ({ hostname, port }: SshDestination): string =>
  port === '22' ? hostname : `"[${hostname}]:${port}"`

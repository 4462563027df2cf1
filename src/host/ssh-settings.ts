import type { SshDestination } from './ssh-failure.ts'

/** What a person's configuration makes of a name: `ssh -G`, keys in lower case (ssh(1)). */
export type SshSettings = ReadonlyMap<string, string>

/** Reads what `ssh -G` prints; of a key that stands there again the last counts. */
export function parseSettings(text: string): SshSettings {
  const lines = text.split('\n').map(line => /^(\S+) (.*)$/.exec(line))
  return new Map(lines.flatMap(line => (line === null ? [] : [[line[1] ?? '', line[2] ?? '']])))
}

/** How long a connection that nobody uses any more is kept where we could not end it. */
const PERSIST_SECONDS = 60
/** Long enough for a host, or a machine with many ssh at once, that is very busy. */
const CONNECT_SECONDS = 30
/** After the connection: authentication, login shell, sudo. */
const LOGIN_SECONDS = 30
const ALIVE_SECONDS = 15

/** What would keep a batch from being run, wherever a configuration sets it. */
const ALWAYS = [
  '-T',
  '-x',
  ...['BatchMode=yes', 'LogLevel=ERROR', 'ClearAllForwardings=yes', 'RemoteCommand=none'].flatMap(option => [
    '-o',
    option,
  ]),
]

/** Newer than some clients, who would refuse their names: `ssh -G` has those that it knows. */
const PLAIN: Readonly<Record<string, string>> = {
  sessiontype: 'default',
  stdinnull: 'no',
  forkafterauthentication: 'no',
}

/**
 * The options of every batch. A configuration's own word counts where it says something; where it does not, ours does. Of host keys: `ask` cannot ask
 * here, `yes` is the same with better words; who has `accept-new` or `no` written down for a host has decided so.
 */
export function optionsFor(settings: SshSettings): readonly string[] {
  const options = Object.entries(PLAIN)
    .filter(([name, value]) => (settings.get(name) ?? value) !== value)
    .map(([name, value]) => `${name}=${value}`)
  if (settings.get('connecttimeout') === 'none') options.push(`ConnectTimeout=${CONNECT_SECONDS}`)
  if (settings.get('serveraliveinterval') === '0') options.push(`ServerAliveInterval=${ALIVE_SECONDS}`)
  if (settings.get('stricthostkeychecking') === 'ask') options.push('StrictHostKeyChecking=yes')
  return [...ALWAYS, ...options.flatMap(option => ['-o', option])]
}

/** Where a person holds a connection open themselves, it is used and never ended. */
export const controlOptions = (path: string | undefined): readonly string[] =>
  path === undefined
    ? ['-o', 'ControlMaster=no']
    : ['-o', 'ControlMaster=auto', '-o', `ControlPath=${path}`, '-o', `ControlPersist=${PERSIST_SECONDS}`]

/** How long a shell behind ssh may take to answer: longer than ssh itself takes to say why it does not. */
export const answerWithinMs = (settings: SshSettings): number =>
  (connectTimeout(settings) + LOGIN_SECONDS) * 1000

const connectTimeout = (settings: SshSettings): number =>
  Number(settings.get('connecttimeout')) || CONNECT_SECONDS

/** Whom the settings lead to; `words` are those that say it on a command line. */
export function destinationOf(settings: SshSettings, words: readonly string[]): SshDestination {
  const proxy = settings.get('proxyjump') ?? settings.get('proxycommand')
  return {
    command: ['ssh', ...words.filter(word => word !== '--')].join(' '),
    user: settings.get('user') ?? '',
    hostname: settings.get('hostname') ?? '',
    port: settings.get('port') ?? '22',
    ...(proxy === undefined || proxy === 'none' ? {} : { proxy: shortened(proxy) }),
  }
}

/** A ProxyCommand may be long, and its beginning says which it is. */
const shortened = (words: string): string => (words.length > 60 ? `${words.slice(0, 60)}…` : words)

import { isIPv6 } from 'node:net'

/** Whom `ssh:[user@]host[:port]` means. The host may be an alias of a person's own ssh_config(5). */
export interface SshTarget {
  readonly host: string
  readonly user?: string
  readonly port?: number
}

/** The name of an ssh host that cannot be understood; the message says why. */
export class BadSshTarget extends Error {
  override readonly name = 'BadSshTarget'
}

/**
 * Reads `[user@]host[:port]`: `web-1`, `root@10.0.0.7:2222`, `[::1]:22`, `admin@[fe80::1%eth0]`, `::1`. What ssh
 * itself would take for an option, or what its `%h` would make a shell of ProxyCommand run, is refused.
 */
export function parseSshTarget(text: string): SshTarget {
  const at = text.lastIndexOf('@')
  const { host, port } = splitPort(text.slice(at + 1))
  if (!isSafeHost(host)) throw new BadSshTarget(`${JSON.stringify(host)} is no name or address of a host`)
  if (at < 0) return { host, ...port }
  const user = text.slice(0, at)
  if (!isSafeUser(user)) throw new BadSshTarget(`${JSON.stringify(user)} is no name of a user`)
  return { host, user, ...port }
}

function splitPort(text: string): { host: string; port: { port?: number } } {
  const bracketed = /^\[([^[\]]*)\](?::(.*))?$/.exec(text)
  if (bracketed !== null) {
    const [, host = '', port] = bracketed
    if (!isAddress(host)) throw new BadSshTarget(`${JSON.stringify(host)} is no IPv6 address`)
    return { host, port: portOf(port) }
  }
  if (isAddress(text)) return { host: text, port: {} }
  const [host = '', port, ...more] = text.split(':')
  if (more.length > 0)
    throw new BadSshTarget('of several colons only those of an IPv6 address are understood: [ADDRESS]:PORT')
  return { host, port: portOf(port) }
}

/** With a zone, as for a link-local address: `fe80::1%eth0`. */
const isAddress = (text: string): boolean => text.includes(':') && isIPv6(text)

function portOf(text: string | undefined): { port?: number } {
  if (text === undefined) return {}
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65535) throw new BadSshTarget(`${JSON.stringify(text)} is no port: 1 to 65535`)
  return { port }
}

/** As OpenSSH 9.6 and later have it (`valid_hostname` and `valid_ruser` in its ssh.c), and no path. */
const isSafeHost = (host: string): boolean => !/^-|^$|[\s\x00-\x1f\x7f'`"$\\;&<>|(){}/,[\]]/.test(host)

const isSafeUser = (user: string): boolean => !/^-|^$|^\s|[\x00-\x1f\x7f'`";&<>|(){}$/]|\\$|\s$/.test(user)

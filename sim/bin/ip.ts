import { Unsimulated } from '../../src/host/host.ts'
import type { Link } from '../kernel/links.ts'
import type { Process } from '../process.ts'
import { ANY_WORDS, withCommandLine } from './getopt.ts'

/** What stands before the object. */
interface Settings {
  readonly isOneline: boolean
  readonly isBrief: boolean
  readonly family: 'inet' | 'inet6' | undefined
}

/** Objects of ip(8) that are not modelled, and their abbreviations' full names. */
const OBJECTS =
  `address addrlabel fou help ila ioam l2tp link macsec maddress monitor mptcp mroute mrule neighbor neighbour
  netconf netns nexthop ntable ntbl route rule sr stats tap tcpmetrics token tunnel tuntap vrf xfrm`.split(
    /\s+/,
  )

/** ip(8) of iproute2, what of it only looks: the recorded interfaces, the addresses of the loopback, and its routes. */
export const ip = withCommandLine((process: Process): number => {
  const words = process.argv.slice(1)
  const settings = { isOneline: false, isBrief: false, family: undefined as Settings['family'] }
  while (words[0]?.startsWith('-')) {
    const option = words.shift() ?? ''
    if (/^-o(?:neline)?$/.test(option)) settings.isOneline = true
    else if (/^-br(?:ief)?$/.test(option)) settings.isBrief = true
    else if (option === '-4') settings.family = 'inet'
    else if (option === '-6') settings.family = 'inet6'
    else throw new Unsimulated('ip', `the option ${option}`)
  }
  const [object, ...rest] = words
  if (object === undefined) throw new Unsimulated('ip', 'its help')
  if ('link'.startsWith(object)) return showLinks(process, settings, rest)
  if ('address'.startsWith(object) || object === 'addr') return showAddresses(process, settings, rest)
  if ('route'.startsWith(object)) return showRoutes(process, settings, rest)
  if (OBJECTS.some(name => name.startsWith(object))) throw new Unsimulated('ip', object)
  process.complain(`Object "${object}" is unknown, try "ip help".\n`)
  return 1
}, ANY_WORDS)

/** The interface that is asked for, or all; a status where that is an error. */
function linksOf(process: Process, object: string, words: readonly string[]): readonly Link[] | number {
  const [verb, ...more] = words
  if (verb === undefined) return process.kernel.links
  if (!['show', 'list', 'ls', 'sh', 's', 'l', 'lst'].includes(verb)) {
    if (
      /^(?:add|a|delete|del|set|change|replace|flush|save|restore|xstats|afstats|property|help|showdump)$/.test(
        verb,
      )
    )
      throw new Unsimulated('ip', `${object} ${verb}`)
    process.complain(`Command "${verb}" is unknown, try "ip ${object} help".\n`)
    return 255
  }
  const [name, extra] = more[0] === 'dev' ? more.slice(1) : more
  if (
    extra !== undefined ||
    /^(?:up|master|type|scope|to|label|dynamic|permanent|vrf|group)$/.test(name ?? '')
  )
    throw new Unsimulated('ip', `${object} ${words.join(' ')}`)
  const found = process.kernel.links.filter(link => name === undefined || link.name === name)
  if (found.length > 0 || name === undefined) return found
  process.complain(`Device "${name}" does not exist.\n`)
  return 1
}

function showLinks(process: Process, settings: Settings, words: readonly string[]): number {
  const links = linksOf(process, 'link', words)
  if (typeof links === 'number') return links
  for (const link of links)
    process.print(
      settings.isBrief ? briefLink(link) : textOf([headOf(link), `    ${link.hardware}`], settings),
    )
  return 0
}

const headOf = ({ index, name, flags, attributes }: Link): string =>
  `${index}: ${name}: <${flags}> ${attributes}`

/** Lines of one interface: with -o all in one, parted by backslashes. */
const textOf = (lines: readonly string[], { isOneline }: Settings): string =>
  `${lines.join(isOneline ? '\\' : '\n')}\n`

const stateOf = ({ attributes }: Link): string => /\bstate (\S+)/.exec(attributes)?.[1] ?? ''

function briefLink(link: Link): string {
  const address = link.hardware.split(' ')[1] ?? ''
  return `${link.name.padEnd(16)} ${stateOf(link).padEnd(14)} ${address} <${link.flags}> \n`
}

interface Address {
  readonly family: 'inet' | 'inet6'
  readonly text: string
  readonly scope: string
}

/** The addresses that the kernel itself gives the loopback; of others nothing was recorded. */
function addressesOf(process: Process, { name }: Link, { family }: Settings): readonly Address[] {
  if (name !== 'lo') throw new Unsimulated('ip', `the addresses of ${name}`)
  const hasIpv6 = process.kernel.sysctl.entry('net/ipv6/conf/lo/disable_ipv6')?.value === '0'
  if (hasIpv6) assertRecorded(process)
  const all: readonly Address[] = [
    { family: 'inet', text: '127.0.0.1/8', scope: 'host lo' },
    ...(hasIpv6 ? [{ family: 'inet6', text: '::1/128', scope: 'host noprefixroute' } as const] : []),
  ]
  return all.filter(address => family === undefined || address.family === family)
}

/** What the kernel does for ::1 was recorded of 6.1 and 6.12. */
function assertRecorded({ kernel }: Process): void {
  const [major = 0, minor = 0] = kernel.record.release.split('.').map(Number)
  if (major < 6 || (major === 6 && minor < 1)) throw new Unsimulated('ip', 'IPv6 of a kernel before 6.1')
}

const LIFETIME = '       valid_lft forever preferred_lft forever'

function showAddresses(process: Process, settings: Settings, words: readonly string[]): number {
  const links = linksOf(process, 'address', words)
  if (typeof links === 'number') return links
  for (const link of links) {
    const addresses = addressesOf(process, link, settings)
    if (settings.isBrief) process.print(briefAddresses(link, addresses))
    else if (settings.isOneline) for (const address of addresses) process.print(onelineAddress(link, address))
    else if (addresses.length > 0 || settings.family === undefined)
      process.print(textOf(linesOf(link, addresses, settings), settings))
  }
  return 0
}

const briefAddresses = (link: Link, addresses: readonly Address[]): string =>
  `${link.name.padEnd(16)} ${stateOf(link).padEnd(14)} ${addresses.map(({ text }) => `${text} `).join('')}\n`

const onelineAddress = ({ index, name }: Link, { family, text, scope }: Address): string =>
  `${index}: ${name}    ${family} ${text} scope ${scope}\\${LIFETIME}\n`

/** Without the mode, which is of links; the hardware only where no family is asked for. */
function linesOf(link: Link, addresses: readonly Address[], { family }: Settings): readonly string[] {
  const head = headOf(link).replace(/ mode \S+/, '')
  return [
    head,
    ...(family === undefined ? [`    ${link.hardware}`] : []),
    ...addresses.flatMap(address => [
      // The label of IPv4 ends its line; of IPv6 a space does.
      `    ${address.family} ${address.text} scope ${address.scope}${address.family === 'inet6' ? ' ' : ''}`,
      LIFETIME,
    ]),
  ]
}

/** The main table: of a loopback alone there is nothing in it for IPv4. */
function showRoutes(
  process: Process,
  { family, isOneline, isBrief }: Settings,
  words: readonly string[],
): number {
  const [verb, ...more] = words
  if (isOneline || isBrief) throw new Unsimulated('ip', 'route with an option')
  if (verb !== undefined && !['show', 'list', 'ls', 'sh'].includes(verb))
    throw new Unsimulated('ip', `route ${verb}`)
  if (more.length > 0 && more.join(' ') !== 'default')
    throw new Unsimulated('ip', `route show ${more.join(' ')}`)
  if (process.kernel.links.some(({ name }) => name !== 'lo'))
    throw new Unsimulated('ip', 'the routes of an interface')
  if (family === 'inet6' && more.length === 0) assertRecorded(process)
  return 0
}

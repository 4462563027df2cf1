import { readdirSync, readFileSync } from 'node:fs'
import { type NodeConfig, readNodeConfig } from '../../../src/config/node-config.ts'
import type { Fact } from '../../../src/engine/facts/fact.ts'
import { type FactName, type Facts, facts } from '../../../src/engine/facts/index.ts'
import { digestOf } from '../../../src/host/digest.ts'
import type { Host, Reply, Request } from '../../../src/host/host.ts'
import { decodeText, encodeText } from '../../../src/host/surrogate-escape.ts'

/** What one fact asked a real host in one state, what came of it, and what that means. */
export interface FactCase {
  readonly about: string
  readonly environment: string
  /** A seatrial.toml, where it is not the defaults. */
  readonly config?: string
  /** One list a round trip. */
  readonly trips: readonly (readonly { readonly request: unknown; readonly reply: unknown }[])[]
  readonly fact: unknown
}

const FOLDER = import.meta.dirname

/** The file name of a fact: `kernel-modules` for `kernelModules`. */
export const folderOf = (name: string): string => name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)

export const factNames = Object.keys(facts) as FactName[]

/** The scenarios that a fact was recorded in. */
export const scenariosOf = (name: FactName): readonly string[] =>
  readdirSync(`${FOLDER}/${folderOf(name)}`)
    .filter(file => file.endsWith('.json'))
    .map(file => file.replace('.json', ''))
    .sort()

export const readCase = (name: FactName, scenario: string): FactCase =>
  JSON.parse(readFileSync(`${FOLDER}/${folderOf(name)}/${scenario}.json`, 'utf8'), revive)

/** The fact as its parser reads it from recorded replies. */
export function factOf(name: FactName, recorded: FactCase): unknown {
  const fact = facts[name] as Fact<unknown>
  const [first = [], ...further] = recorded.trips
  const value = fact.parse(repliesOf(first), configOf(recorded.config))
  return further.reduce((so, trip) => fact.withMore?.(so, repliesOf(trip)) ?? so, value)
}

/** The configuration of a text that is right. */
export function configOf(text = ''): NodeConfig {
  const reading = readNodeConfig(text, 'seatrial.toml')
  if (!reading.ok) throw new Error(reading.problems[0].message)
  return reading.config
}

const repliesOf = (trip: FactCase['trips'][number]): readonly Reply[] =>
  trip.map(({ reply }) => reply as Reply)

/** All facts of a host in a state; a fact that the scenario is not about is as it is on a fresh host. */
export const factsOf = (scenario: string): Facts =>
  Object.fromEntries(
    factNames.map(name => {
      const recorded = scenariosOf(name).includes(scenario) ? scenario : 'fresh'
      return [name, factOf(name, readCase(name, recorded))]
    }),
  ) as Facts

/** What a fact asks a host, with the replies. */
export async function ask(name: FactName, host: Host, config: NodeConfig): Promise<Pick<FactCase, 'trips'>> {
  const fact = facts[name] as Fact<unknown>
  const trips: { request: Request; reply: unknown }[][] = []
  let value: unknown
  for (let requests = fact.requests(config); requests.length > 0; requests = fact.more?.(value) ?? []) {
    const replies = await host.send(requests)
    value = trips.length === 0 ? fact.parse(replies, config) : fact.withMore?.(value, replies)
    trips.push(requests.map((request, i) => ({ request, reply: replies[i] })))
  }
  return { trips }
}

const LONG = 400

/** As it is compared and kept: maps as objects, long texts as digests, and without what only serves further questions. */
export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(jsonValue(value)), (key, inner: unknown) => {
    if (key === 'known') return undefined
    if (typeof inner !== 'string' || inner.length < LONG) return inner
    return `${inner.length} characters, SHA-256 ${digestOf(encodeText(inner))}`
  })
}

/** One line a request and its reply, so that a difference can be read. */
export function toText({ trips, fact, ...head }: FactCase): string {
  const exchanges = (trip: FactCase['trips'][number]): string =>
    trip.map(exchange => `  ${JSON.stringify(jsonValue(exchange))}`).join(',\n')
  const fields = Object.entries(head).map(([key, value]) => `"${key}": ${JSON.stringify(value)},\n`)
  const recorded = trips.map(trip => `[\n${exchanges(trip)}\n]`).join(', ')
  return `{${fields.join('')}"trips": [${recorded}],\n"fact": ${JSON.stringify(plain(fact), undefined, 1)}}\n`
}

/** Bytes, of whatever class, as text. */
function jsonValue(value: unknown): unknown {
  if (value instanceof Uint8Array) return { utf8: decodeText(value) }
  if (value instanceof Map) return jsonValue(Object.fromEntries(value))
  if (Array.isArray(value)) return value.map(jsonValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, jsonValue(inner)]))
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return value
  return 'utf8' in value && typeof value.utf8 === 'string' ? encodeText(value.utf8) : value
}

import { GoError } from '../formats/go-toml/go-error.ts'
import { quoteGo } from '../formats/go-toml/quote.ts'
import { PLUGIN_TYPE as T } from './registry.ts'
import type { PluginState, Starter } from './starter.ts'

/** Services that the restart monitor asks for, in an order where Go has none. */
export const RESTART_SERVICES = [
  'content-service',
  'images-service',
  'snapshots-service',
  'containers-service',
  'tasks-service',
  'diff-service',
  'namespaces-service',
  'leases-service',
] as const

/** Those of the CRI plugin. */
export const CRI_SERVICES: readonly string[] = [...RESTART_SERVICES, 'introspection-service']

/** `getServicesOpts` of the releases before 1.7. */
export function checkServices(starter: Starter, names: readonly string[]): void {
  const services = wrap('failed to get service plugin', () => starter.ofType(T.service))
  if (starter.release.generation !== '1.4') wrap('failed to get event plugin', () => starter.get(T.event))
  checkInstances(services, names)
}

/** `WithInMemoryServices` of 1.7: what a client in the daemon itself asks for, in an order where Go has none. */
export function checkClient(starter: Starter): void {
  for (const type of [T.event, T.lease, T.sandboxStore, T.sandboxController]) {
    wrap(`failed to get ${quoteGo(type)} plugin`, () => starter.get(type))
  }
  const services = wrap('failed to get service plugin', () => starter.ofType(T.service))
  checkInstances(
    services,
    CRI_SERVICES.filter(name => name !== 'leases-service'),
  )
}

/** `WithInMemoryServices` of 2.1. */
export function checkClient2(starter: Starter): void {
  for (const type of [T.event, T.lease, T.sandboxStore, T.transfer]) {
    wrap(`failed to get ${quoteGo(type)} plugin`, () => starter.single(type))
  }
  const services = wrap('failed to get service plugin', () => starter.working(T.service))
  const missing = CRI_SERVICES.filter(name => name !== 'leases-service').find(
    name => !services.some(({ id }) => id === name),
  )
  if (missing !== undefined) throw new GoError(`service ${quoteGo(missing)} not found`)
}

/** A CRI plugin that another wants, in the words of both that do. */
export function needCri(starter: Starter, id: 'runtime' | 'images'): void {
  const what = id === 'runtime' ? 'runtime' : 'image'
  wrap(`unable to load CRI ${what} service plugin dependency`, () => starter.getById(T.cri, id))
}

function checkInstances(services: readonly PluginState[], names: readonly string[]): void {
  for (const name of names) {
    const service = services.find(({ id }) => id === name)
    if (service === undefined) throw new GoError(`service ${quoteGo(name)} not found`)
    if (service.error !== undefined) {
      throw new GoError(`failed to get instance of service ${quoteGo(name)}: ${service.error}`)
    }
  }
}

/** Runs an action; its error is prefixed, as `%w` does. */
export function wrap<R>(prefix: string, action: () => R): R {
  try {
    return action()
  } catch (error) {
    throw error instanceof GoError ? error.wrap(prefix) : error
  }
}

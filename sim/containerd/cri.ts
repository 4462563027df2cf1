import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { asMap, stringOf } from '../formats/containerd-config.ts'
import { directoryOf, joinPath } from '../formats/go-path.ts'
import { formatGoValue } from '../formats/go-toml/format-value.ts'
import { GoError } from '../formats/go-toml/go-error.ts'
import { quoteGo } from '../formats/go-toml/quote.ts'
import type { GoMap } from '../formats/go-toml/types.ts'
import { validateCri } from './cri-config.ts'
import { mkdirAll } from './go-os.ts'
import { PLUGIN_TYPE as T } from './registry.ts'
import { CRI_SERVICES, checkServices, wrap } from './services.ts'
import type { Starter } from './starter.ts'

/** `initCRIService` of 1.6. */
export function initCri(starter: Starter, uri: string, config: GoMap): void {
  const valid = wrap('invalid plugin config', () => validateCri(config, message => starter.log.warn(message)))
  starter.log.info(`Start cri plugin with config ${describe(starter, uri, valid)}`)
  wrap('failed to get services', () => checkServices(starter, CRI_SERVICES))
  starter.log.info('Connect containerd service')
  wrap('failed to create CRI service', () => createService(starter, uri, valid))
}

/** `%+v` of the plugin's whole configuration. */
function describe(starter: Starter, uri: string, config: GoMap): string {
  const type = starter.release.pluginTypes[uri]
  if (type === undefined) throw new Error(`a plugin without a type: ${uri}`)
  return (
    `{PluginConfig:${formatGoValue(type, config)} ContainerdRootDir:${starter.root} ` +
    `ContainerdEndpoint:${starter.address} RootDir:${starter.rootOf(uri)} StateDir:${starter.stateOf(uri)}}`
  )
}

/** `NewCRIService`. */
function createService(starter: Starter, uri: string, config: GoMap): void {
  const containerd = asMap(config.get('containerd'))
  const snapshotter = stringOf(containerd.get('snapshotter'))
  const found = starter.states.find(({ type, id }) => type === T.snapshotter && id === snapshotter)
  if (found === undefined || found.error !== undefined) {
    throw new GoError(`failed to find snapshotter ${quoteGo(snapshotter)}`)
  }
  starter.log.info(
    `Get image filesystem path ${quoteGo(joinPath(starter.root, `${T.snapshotter}.${snapshotter}`))}`,
  )
  refuseUnmodelled(config)
  mkdirAll(starter.process, starter.stateOf(uri), 0o700)
  loadNetworks(starter, stringOf(asMap(config.get('cni')).get('conf_dir')))
}

/** What would make this plugin open other files or ports than it does here. */
function refuseUnmodelled(config: GoMap): void {
  const runtimes = asMap(asMap(config.get('containerd')).get('runtimes'))
  for (const runtime of runtimes.values()) {
    for (const option of ['base_runtime_spec', 'cni_conf_dir']) {
      if (stringOf(asMap(runtime).get(option)) !== '') throw new Unsimulated('containerd', option)
    }
  }
  for (const option of ['enable_selinux', 'enable_tls_streaming']) {
    if (config.get(option) === true) throw new Unsimulated('containerd', option)
  }
}

/** libcni's ConfFiles and go-cni's loadFromConfDir: a directory without networks is an error that is only told. */
function loadNetworks(starter: Starter, directory: string): void {
  const files = networkFiles(starter, directory)
  if (files.length > 0) return
  starter.log.write(
    'error',
    'failed to load cni during init, please check CRI plugin status before setting up network for pods',
    {
      error:
        `cni config load failed: no network config found in ${directory}: cni plugin not initialized: ` +
        'failed to load cni config',
    },
  )
}

function networkFiles(starter: Starter, directory: string): readonly string[] {
  // newCNINetConfSyncer makes the directory, to watch it; its parent is for everybody to read.
  mkdirAll(starter.process, directoryOf(directory), 0o755)
  mkdirAll(starter.process, directory, 0o700)
  try {
    return starter.process.readdir(directory).filter(name => /\.(conf|conflist|json)$/.test(name))
  } catch (error) {
    if (error instanceof KernelError) return []
    throw error
  }
}

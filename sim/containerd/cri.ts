import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { asMap, stringOf } from '../formats/containerd-release.ts'
import { directoryOf, joinPath } from '../formats/go-path.ts'
import { formatGoValue } from '../formats/go-toml/format-value.ts'
import { GoError } from '../formats/go-toml/go-error.ts'
import { quoteGo } from '../formats/go-toml/quote.ts'
import type { GoMap } from '../formats/go-toml/types.ts'
import { validateCri } from './cri-config.ts'
import type { Deprecation } from './deprecations.ts'
import { mkdirAll } from './go-os.ts'
import { snapshotRoot } from './inits.ts'
import { tellNri } from './nri.ts'
import { PLUGIN_TYPE as T } from './registry.ts'
import { CRI_SERVICES, checkClient, checkServices, wrap } from './services.ts'
import type { Starter } from './starter.ts'

/** `initCRIService` of the releases before 2.0. */
export function initCri(starter: Starter, uri: string, config: GoMap): void {
  const { generation } = starter.release
  if (generation === '1.7') starter.get(T.warning)
  const deprecations: Deprecation[] = []
  const warn = (message: string, deprecation?: Deprecation): void => {
    starter.log.warn(message)
    if (deprecation !== undefined) deprecations.push(deprecation)
  }
  const valid = wrap('invalid plugin config', () => validateCri(config, { generation, warn }))
  if (generation === '1.7') starter.deprecate(...deprecations)
  starter.log.info(`Start cri plugin with config ${describe(starter, uri, valid)}`)
  if (generation === '1.7') connect(starter)
  else {
    wrap('failed to get services', () => checkServices(starter, CRI_SERVICES))
    starter.log.info('Connect containerd service')
  }
  wrap('failed to create CRI service', () => createService(starter, uri, valid))
}

/** How 1.7 gets a client, and chooses its server. */
function connect(starter: Starter): void {
  starter.log.info('Connect containerd service')
  wrap('failed to create containerd client', () => checkClient(starter))
  if (starter.process.env.get('ENABLE_CRI_SANDBOXES'))
    throw new Unsimulated('containerd', 'ENABLE_CRI_SANDBOXES')
  starter.log.info('using legacy CRI server')
  tellNri(starter)
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
  if (!starter.hasSnapshotter(snapshotter)) {
    throw new GoError(`failed to find snapshotter ${quoteGo(snapshotter)}`)
  }
  starter.log.info(`Get image filesystem path ${quoteGo(imagePath(starter, snapshotter))}`)
  refuseUnmodelled(config)
  mkdirAll(starter.process, starter.stateOf(uri), 0o700)
  loadNetworks(starter, stringOf(asMap(config.get('cni')).get('conf_dir')))
}

/** `imageFSPath`: 1.7 asks the snapshotter, the releases before it take the usual place. */
function imagePath(starter: Starter, snapshotter: string): string {
  const uri = `${T.snapshotter}.${snapshotter}`
  if (starter.release.generation !== '1.7') return joinPath(starter.root, uri)
  starter.log.write('debug', 'remote introspection plugin filters', {
    filters: `[type==${T.snapshotter}, id==${snapshotter}]`,
  })
  return snapshotRoot(starter, uri, starter.configOf(uri))
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
export function loadNetworks(starter: Starter, directory: string): void {
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

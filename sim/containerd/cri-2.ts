import { Unsimulated } from '../../src/host/host.ts'
import { asMap, stringOf, stringsOf } from '../formats/containerd-release.ts'
import { parseDuration } from '../formats/go-toml/duration.ts'
import { GoError } from '../formats/go-toml/go-error.ts'
import { toJson } from '../formats/go-toml/json.ts'
import { quoteGo } from '../formats/go-toml/quote.ts'
import type { GoMap } from '../formats/go-toml/types.ts'
import { loadNetworks } from './cri.ts'
import { checkRuntimes, validateRegistry } from './cri-config.ts'
import type { Deprecation } from './deprecations.ts'
import { mkdirAll, pathCall } from './go-os.ts'
import { snapshotRoot } from './inits.ts'
import { tellNri } from './nri.ts'
import { PLUGIN_TYPE as T } from './registry.ts'
import { checkClient2, needCri, wrap } from './services.ts'
import type { Starter } from './starter.ts'

/** `initCRIRuntime` of 2.1. */
export function initCriRuntime(starter: Starter, uri: string, config: GoMap): void {
  const valid = wrap('invalid plugin config', () => validateRuntime(starter, config))
  if (stringOf(asMap(config.get('cni')).get('bin_dir')) !== '') {
    starter.single(T.warning)
    starter.deprecate('bin_dir')
  }
  // The directories are those of the plugin that did all this before.
  const [rootDir, stateDir] = [starter.rootOf(`${T.grpc}.cri`), starter.stateOf(`${T.grpc}.cri`)]
  mkdirAll(starter.process, stateDir, 0o700)
  pathCall('chmod', stateDir, () => starter.process.chmod(stateDir, 0o700))
  const type = starter.release.pluginTypes[uri]
  if (type === undefined) throw new Error(`a plugin without a type: ${uri}`)
  const places = { containerdRootDir: starter.root, containerdEndpoint: starter.address, rootDir, stateDir }
  const json = `${toJson(type, valid).slice(0, -1)},${JSON.stringify(places).slice(1)}`
  starter.log.info('starting cri plugin', { config: json })
  refuseUnmodelled(valid)
  starter.keep('cri.cni', asMap(valid.get('cni')))
}

/** `ValidateRuntimeConfig`. */
function validateRuntime(starter: Starter, config: GoMap): GoMap {
  const containerd = asMap(config.get('containerd'))
  const name = stringOf(containerd.get('default_runtime_name'))
  if (name === '') throw new GoError('`default_runtime_name` is empty')
  if (!asMap(containerd.get('runtimes')).has(name)) {
    throw new GoError(
      'no corresponding runtime configured in `containerd.runtimes` for `containerd` ' +
        `\`default_runtime_name = "${name}"`,
    )
  }
  const cni = validateCni(starter, asMap(config.get('cni')))
  const runtimes = [...asMap(containerd.get('runtimes'))].map(
    ([key, runtime]) => [key, validRuntime(asMap(runtime))] as const,
  )
  checkRuntimes(containerd, () => undefined)
  const drain = stringOf(config.get('drain_exec_sync_io_timeout'))
  if (drain !== '') wrap('invalid `drain_exec_sync_io_timeout`', () => parseDuration(drain))
  return new Map([
    ...config,
    ['cni', cni],
    ['containerd', new Map([...containerd, ['runtimes', new Map(runtimes)]])],
  ])
}

function validRuntime(runtime: GoMap): GoMap {
  if (runtime.get('cgroup_writable') === true) throw new Unsimulated('containerd', 'cgroup_writable')
  const io = stringOf(runtime.get('io_type')) || 'fifo'
  if (io !== 'fifo' && io !== 'streaming') {
    throw new GoError('`io_type` can only be `streaming` or `named_pipe`')
  }
  return new Map([...runtime, ['sandboxer', stringOf(runtime.get('sandboxer')) || 'podsandbox']])
}

function validateCni(starter: Starter, cni: GoMap): GoMap {
  const directory = stringOf(cni.get('bin_dir'))
  if (directory === '') return cni
  starter.log.warn('`bin_dir` is deprecated, please use `bin_dirs` instead')
  const usual = stringsOf(
    asMap(starter.release.pluginDefaults.get(`${T.cri}.runtime`)?.get('cni')).get('bin_dirs'),
  )
  const directories = stringsOf(cni.get('bin_dirs'))
  if (directories.length > 0 && directories.join('\0') !== usual.join('\0')) {
    throw new GoError('`cni.bin_dir` and `cni.bin_dirs` cannot be set at the same time')
  }
  return new Map([...cni, ['bin_dir', ''], ['bin_dirs', [directory]]])
}

function refuseUnmodelled(config: GoMap): void {
  for (const runtime of asMap(asMap(config.get('containerd')).get('runtimes')).values()) {
    for (const option of ['base_runtime_spec', 'cni_conf_dir']) {
      if (stringOf(asMap(runtime).get(option)) !== '') throw new Unsimulated('containerd', option)
    }
  }
  if (config.get('enable_selinux') === true) throw new Unsimulated('containerd', 'enable_selinux')
}

/** The plugin of images of 2.1. */
export function initCriImages(starter: Starter, _uri: string, config: GoMap): void {
  starter.single(T.metadata)
  wrap('invalid cri image config', () => validateImages(starter, config))
  starter.single(T.transfer)
  wrap('unable to init client for cri image service', () => checkClient2(starter))
  const snapshotter = stringOf(config.get('snapshotter'))
  if (!starter.hasSnapshotter(snapshotter)) {
    throw new GoError(`failed to find snapshotter ${quoteGo(snapshotter)}`)
  }
  const path = quoteGo(
    snapshotRoot(
      starter,
      `${T.snapshotter}.${snapshotter}`,
      starter.configOf(`${T.snapshotter}.${snapshotter}`),
    ),
  )
  starter.log.info(`Get image filesystem path ${path} for snapshotter ${quoteGo(snapshotter)}`)
  if (asMap(config.get('runtime_platforms')).size > 0)
    throw new Unsimulated('containerd', 'runtime_platforms')
  starter.log.info('Start snapshots syncer')
}

/** `ValidateImageConfig`, and what makes images be pulled the old way. */
function validateImages(starter: Starter, config: GoMap): void {
  const deprecations: Deprecation[] = []
  const warn = (message: string, deprecation?: Deprecation): void => {
    starter.log.warn(message)
    if (deprecation !== undefined) deprecations.push(deprecation)
  }
  const registry = asMap(config.get('registry'))
  const valid = validateRegistry(registry, { generation: '2.1', warn })
  const timeout = stringOf(config.get('image_pull_progress_timeout'))
  if (timeout !== '') wrap('invalid image pull progress timeout', () => parseDuration(timeout))
  if (deprecations.length > 0) starter.single(T.warning)
  starter.deprecate(...deprecations)
  if (config.get('use_local_image_pull') === true) return
  const found = LOCAL_ONLY.find(([, , isSet]) => isSet(new Map([...config, ['registry', valid]])))
  if (found === undefined) return
  warn(
    `Found '${found[0]}' in CRI config which is incompatible with transfer service (${found[1]}). ` +
      'Falling back to local image pull mode.',
  )
}

const hasSome = (table: string) => (config: GoMap) => asMap(asMap(config.get('registry')).get(table)).size > 0

/** `CheckLocalImagePullConfigs`. */
const LOCAL_ONLY: readonly (readonly [string, string, (config: GoMap) => boolean])[] = [
  [
    'DisableSnapshotAnnotations',
    'moved to snapshotter plugin when using transfer service',
    config => config.get('disable_snapshot_annotations') === false,
  ],
  [
    'DiscardUnpackedLayers',
    'not supported with transfer service',
    config => config.get('discard_unpacked_layers') === true,
  ],
  ['Registry.Mirrors', 'not supported with transfer service (also deprecated)', hasSome('mirrors')],
  ['Registry.Configs', 'not supported with transfer service (also deprecated)', hasSome('configs')],
  ['Registry.Auths', 'not supported with transfer service (also deprecated)', hasSome('auths')],
  [
    'MaxConcurrentDownloads',
    'must be configured in transfer service plugin: plugins."io.containerd.transfer.v1.local"',
    config => config.get('max_concurrent_downloads') !== 3n,
  ],
  [
    'ImagePullWithSyncFs',
    'not supported with transfer service',
    config => config.get('image_pull_with_sync_fs') === true,
  ],
]

/** `initCRIService` of 2.1. */
export function initCriServer(starter: Starter, _uri: string, config: GoMap): void {
  needCri(starter, 'runtime')
  needCri(starter, 'images')
  const idle = stringOf(config.get('stream_idle_timeout'))
  wrap('invalid cri image config', () => {
    if (idle !== '') wrap('invalid stream idle timeout', () => parseDuration(idle))
  })
  starter.log.info('Connect containerd service')
  wrap('failed to create containerd client', () => checkClient2(starter))
  wrap('failed to get sandbox controllers from plugins', () => {
    starter.working(T.sandboxController)
    starter.working(T.podSandbox)
  })
  if (config.get('enable_tls_streaming') === true) throw new Unsimulated('containerd', 'enable_tls_streaming')
  tellNri(starter)
  loadNetworks(starter, stringOf(starter.kept('cri.cni').get('conf_dir')))
}

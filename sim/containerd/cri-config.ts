import { asMap, stringOf } from '../formats/containerd-release.ts'
import type { ConfigGeneration } from '../formats/containerd-types.ts'
import { parseDuration } from '../formats/go-toml/duration.ts'
import { GoError } from '../formats/go-toml/go-error.ts'
import { type GoMap, type GoValue, isGoMap } from '../formats/go-toml/types.ts'
import type { Deprecation } from './deprecations.ts'

const RUNTIME_V1 = 'io.containerd.runtime.v1.linux'

/**
 * `ValidatePluginConfig` of the CRI plugin before 2.0: the configuration with what it adds, or a `GoError`. Warnings
 * go to `warn` as they come.
 */
export function validateCri(config: GoMap, { generation, warn }: Validation): GoMap {
  const containerd = validateRuntimes(asMap(config.get('containerd')), { generation, warn })
  checkLegacyOptions(config, containerd, warn)
  if (generation === '1.7') checkRuntimes(containerd, warn)
  const registry = validateRegistry(asMap(config.get('registry')), { generation, warn })
  for (const [option, words] of DURATIONS) {
    const text = stringOf(config.get(option))
    if (text !== '') wrap(words, () => parseDuration(text))
  }
  return new Map([...config, ['containerd', withModes(containerd, generation)], ['registry', registry]])
}

/** The options that are durations, of which the first alone is older than 1.7. */
const DURATIONS = [
  ['stream_idle_timeout', 'invalid stream idle timeout'],
  ['image_pull_progress_timeout', 'invalid image pull progress timeout'],
  ['drain_exec_sync_io_timeout', 'invalid `drain_exec_sync_io_timeout`'],
] as const

/** What 1.7 and later refuse of a runtime. */
export function checkRuntimes(containerd: GoMap, warn: Warn): void {
  for (const runtime of asMap(containerd.get('runtimes')).values()) {
    const options = asMap(runtime)
    if (
      options.get('privileged_without_host_devices_all_devices_allowed') === true &&
      options.get('privileged_without_host_devices') !== true
    ) {
      throw new GoError(
        '`privileged_without_host_devices_all_devices_allowed` requires `privileged_without_host_devices` to be enabled',
      )
    }
    if (stringOf(asMap(options.get('options')).get('CriuPath')) !== '') {
      warn('`CriuPath` is deprecated, please use a criu binary in $PATH instead.', 'CriuPath')
    }
  }
}

/** 1.7 gives every runtime a mode. */
function withModes(containerd: GoMap, generation: ConfigGeneration): GoMap {
  if (generation !== '1.7') return containerd
  const runtimes = [...asMap(containerd.get('runtimes'))].map(([name, runtime]): [string, GoMap] => {
    const mode = stringOf(asMap(runtime).get('sandbox_mode')) || 'podsandbox'
    return [name, new Map([...asMap(runtime), ['sandbox_mode', mode]])]
  })
  return new Map([...containerd, ['runtimes', new Map(runtimes)]])
}

/** Takes a warning, and what it deprecates. */
export type Warn = (message: string, deprecation?: Deprecation) => void

/** The release whose rules count, and what its warnings go to. */
export interface Validation {
  readonly generation: ConfigGeneration
  readonly warn: Warn
}

function wrap(prefix: string, action: () => unknown): void {
  try {
    action()
  } catch (error) {
    throw error instanceof GoError ? error.wrap(prefix) : error
  }
}

const typeOf = (runtime: GoValue): string => stringOf(asMap(runtime).get('runtime_type'))

function validateRuntimes(containerd: GoMap, { generation, warn }: Validation): GoMap {
  const runtimes = new Map(asMap(containerd.get('runtimes')))
  let defaultName = stringOf(containerd.get('default_runtime_name'))
  const untrusted = containerd.get('untrusted_workload_runtime')
  if (typeOf(untrusted) !== '') {
    warn(
      '`untrusted_workload_runtime` is deprecated, please use `untrusted` runtime in `runtimes` instead',
      'untrusted_workload_runtime',
    )
    if (runtimes.has('untrusted')) {
      throw new GoError(
        'conflicting definitions: configuration includes both `untrusted_workload_runtime` and `runtimes["untrusted"]`',
      )
    }
    runtimes.set('untrusted', untrusted)
  }
  const old = containerd.get('default_runtime')
  if (typeOf(old) !== '') {
    warn(
      '`default_runtime` is deprecated, please use `default_runtime_name` to reference the default configuration you ' +
        'have defined in `runtimes`',
      'default_runtime',
    )
    defaultName = 'default'
    runtimes.set(defaultName, old)
  }
  if (defaultName === '') throw new GoError('`default_runtime_name` is empty')
  if (!runtimes.has(defaultName) && generation === '1.4') {
    throw new GoError('no corresponding runtime configured in `runtimes` for `default_runtime_name`')
  }
  if (!runtimes.has(defaultName)) {
    throw new GoError(
      'no corresponding runtime configured in `containerd.runtimes` for `containerd` ' +
        `\`default_runtime_name = "${defaultName}"`,
    )
  }
  return new Map([...containerd, ['runtimes', runtimes], ['default_runtime_name', defaultName]])
}

function checkLegacyOptions(config: GoMap, containerd: GoMap, warn: Warn): void {
  const runtimes = asMap(containerd.get('runtimes'))
  const isV1 = (runtime: GoValue): boolean => typeOf(runtime) === RUNTIME_V1
  const isDefaultV1 = isV1(runtimes.get(stringOf(containerd.get('default_runtime_name'))))
  const needsV1 = (option: string): GoError =>
    new GoError(`\`${option}\` only works for runtime ${RUNTIME_V1}`)
  const deprecated = (option: Deprecation): void =>
    warn(`\`${option}\` is deprecated, please use runtime \`options\` instead`, option)
  if (config.get('systemd_cgroup') === true) {
    if (!isDefaultV1) throw needsV1('systemd_cgroup')
    deprecated('systemd_cgroup')
  }
  if (containerd.get('no_pivot') === true && !isDefaultV1) throw needsV1('no_pivot')
  for (const runtime of runtimes.values()) {
    for (const option of ['runtime_engine', 'runtime_root'] as const) {
      if (stringOf(asMap(runtime).get(option)) === '') continue
      if (!isV1(runtime)) throw needsV1(option)
      deprecated(option)
    }
  }
}

/** The registry section, which all releases have; what `auths` says stands in `configs` afterwards. */
export function validateRegistry(registry: GoMap, { generation, warn }: Validation): GoMap {
  const hasConfigPath = stringOf(registry.get('config_path')) !== ''
  const configs = new Map(asMap(registry.get('configs')))
  const refuseBoth = (what: string, deprecation?: Deprecation): void => {
    if (generation === '1.4') return
    if (hasConfigPath) throw new GoError(`\`${what}\` cannot be set when \`config_path\` is provided`)
    warn(`\`${what}\` is deprecated, please use \`config_path\` instead`, deprecation)
  }
  if (asMap(registry.get('mirrors')).size > 0) refuseBoth('mirrors', 'mirrors')
  if (
    generation !== '2.1' &&
    [...configs.values()].some(entry => isGoMap(entry) && entry.get('tls') !== undefined)
  ) {
    refuseBoth('configs.tls')
  }
  const isNew = generation !== '1.4' && generation !== '1.6'
  if (isNew && configs.size > 0) warn('`configs` is deprecated, please use `config_path` instead', 'configs')
  const auths = asMap(registry.get('auths'))
  for (const [endpoint, auth] of auths) {
    const host = hostOf(endpoint)
    configs.set(host, new Map([['tls', undefined], ...asMap(configs.get(host)), ['auth', auth]]))
  }
  const better = isNew ? '`ImagePullSecrets`' : generation === '1.4' ? 'registry`configs`' : '`configs`'
  if (auths.size > 0) warn(`\`auths\` is deprecated, please use ${better} instead`, 'auths')
  return new Map([...registry, ['configs', configs]])
}

/** The host of a URL with a scheme; anything else as it is. */
const hostOf = (endpoint: string): string =>
  /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]*)/.exec(endpoint)?.[1] ?? endpoint

import { asMap, stringOf } from '../formats/containerd-config.ts'
import { parseDuration } from '../formats/go-toml/duration.ts'
import { GoError } from '../formats/go-toml/go-error.ts'
import { type GoMap, type GoValue, isGoMap } from '../formats/go-toml/types.ts'

const RUNTIME_V1 = 'io.containerd.runtime.v1.linux'

/**
 * `ValidatePluginConfig` of 1.6's CRI plugin: the configuration with what it adds, or a `GoError`. Warnings go to
 * `warn` as they come.
 */
export function validateCri(config: GoMap, warn: (message: string) => void): GoMap {
  const containerd = validateRuntimes(asMap(config.get('containerd')), warn)
  checkLegacyOptions(config, containerd, warn)
  const registry = validateRegistry(asMap(config.get('registry')), warn)
  const idleTimeout = stringOf(config.get('stream_idle_timeout'))
  if (idleTimeout !== '') wrap('invalid stream idle timeout', () => parseDuration(idleTimeout))
  return new Map([...config, ['containerd', containerd], ['registry', registry]])
}

function wrap(prefix: string, action: () => unknown): void {
  try {
    action()
  } catch (error) {
    throw error instanceof GoError ? error.wrap(prefix) : error
  }
}

const typeOf = (runtime: GoValue): string => stringOf(asMap(runtime).get('runtime_type'))

function validateRuntimes(containerd: GoMap, warn: (message: string) => void): GoMap {
  const runtimes = new Map(asMap(containerd.get('runtimes')))
  let defaultName = stringOf(containerd.get('default_runtime_name'))
  const untrusted = containerd.get('untrusted_workload_runtime')
  if (typeOf(untrusted) !== '') {
    warn('`untrusted_workload_runtime` is deprecated, please use `untrusted` runtime in `runtimes` instead')
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
    )
    defaultName = 'default'
    runtimes.set(defaultName, old)
  }
  if (defaultName === '') throw new GoError('`default_runtime_name` is empty')
  if (!runtimes.has(defaultName)) {
    throw new GoError(
      'no corresponding runtime configured in `containerd.runtimes` for `containerd` ' +
        `\`default_runtime_name = "${defaultName}"`,
    )
  }
  return new Map([...containerd, ['runtimes', runtimes], ['default_runtime_name', defaultName]])
}

function checkLegacyOptions(config: GoMap, containerd: GoMap, warn: (message: string) => void): void {
  const runtimes = asMap(containerd.get('runtimes'))
  const isV1 = (runtime: GoValue): boolean => typeOf(runtime) === RUNTIME_V1
  const isDefaultV1 = isV1(runtimes.get(stringOf(containerd.get('default_runtime_name'))))
  const needsV1 = (option: string): GoError =>
    new GoError(`\`${option}\` only works for runtime ${RUNTIME_V1}`)
  const deprecated = (option: string): void =>
    warn(`\`${option}\` is deprecated, please use runtime \`options\` instead`)
  if (config.get('systemd_cgroup') === true) {
    if (!isDefaultV1) throw needsV1('systemd_cgroup')
    deprecated('systemd_cgroup')
  }
  if (containerd.get('no_pivot') === true && !isDefaultV1) throw needsV1('no_pivot')
  for (const runtime of runtimes.values()) {
    for (const option of ['runtime_engine', 'runtime_root']) {
      if (stringOf(asMap(runtime).get(option)) === '') continue
      if (!isV1(runtime)) throw needsV1(option)
      deprecated(option)
    }
  }
}

function validateRegistry(registry: GoMap, warn: (message: string) => void): GoMap {
  const hasConfigPath = stringOf(registry.get('config_path')) !== ''
  const configs = new Map(asMap(registry.get('configs')))
  const refuseBoth = (what: string): void => {
    if (hasConfigPath) throw new GoError(`\`${what}\` cannot be set when \`config_path\` is provided`)
    warn(`\`${what}\` is deprecated, please use \`config_path\` instead`)
  }
  if (asMap(registry.get('mirrors')).size > 0) refuseBoth('mirrors')
  if ([...configs.values()].some(entry => isGoMap(entry) && entry.get('tls') !== undefined)) {
    refuseBoth('configs.tls')
  }
  const auths = asMap(registry.get('auths'))
  for (const [endpoint, auth] of auths) {
    const host = hostOf(endpoint)
    configs.set(host, new Map([['tls', undefined], ...asMap(configs.get(host)), ['auth', auth]]))
  }
  if (auths.size > 0) warn('`auths` is deprecated, please use `configs` instead')
  return new Map([...registry, ['configs', configs]])
}

/** The host of a URL with a scheme; anything else as it is. */
const hostOf = (endpoint: string): string =>
  /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]*)/.exec(endpoint)?.[1] ?? endpoint

import { Unsimulated } from '../../src/host/host.ts'
import type { ContainerdOptions } from '../bus.ts'
import { loadConfig } from '../formats/containerd-config.ts'
import { MissingFile } from '../formats/containerd-config-2.ts'
import type { LoadedConfig } from '../formats/containerd-release.ts'
import { asMap, type ConfigLog, type ContainerdRelease, stringOf } from '../formats/containerd-release.ts'
import type { ConfigGeneration } from '../formats/containerd-types.ts'
import { joinPath } from '../formats/go-path.ts'
import { parseDuration } from '../formats/go-toml/duration.ts'
import { GoError } from '../formats/go-toml/go-error.ts'
import type { GoMap } from '../formats/go-toml/types.ts'
import { type Log, parseLevel } from '../formats/logrus.ts'
import type { Process } from '../process.ts'
import { mkdirAll, pathCall } from './go-os.ts'

const DEFAULT_CONFIG_PATH = '/etc/containerd/config.toml'

/** The configuration file is read if it is there, or if the command line names it. */
export function loadForDaemon(
  process: Process,
  release: ContainerdRelease,
  options: ContainerdOptions,
  log: Log,
): LoadedConfig {
  const path = options.config ?? DEFAULT_CONFIG_PATH
  if (release.generation === '1.4') return loadLeniently(process, release, path, log)
  if (options.config === undefined && !process.exists(path)) return { config: release.base, files: [] }
  return loadConfig(release, path, {
    files: process,
    log: ({ level, message, fields }) => log.write(level, message, fields),
  })
}

/** 1.4 goes on without a file that is not there, be it named or imported. */
function loadLeniently(process: Process, release: ContainerdRelease, path: string, log: Log): LoadedConfig {
  const tell = ({ level, message, fields }: ConfigLog): void => log.write(level, message, fields)
  try {
    return loadConfig(release, path, { files: process, log: tell })
  } catch (error) {
    if (error instanceof MissingFile) return error.loaded
    throw error
  }
}

/** `applyFlags`, and the default of the ttrpc socket. */
export function applyOptions(loaded: GoMap, options: ContainerdOptions, log: Log): GoMap {
  const debug = asMap(loaded.get('debug'))
  const level = options.logLevel || stringOf(debug.get('level'))
  const parsed = level === '' ? 'info' : parseLevel(level)
  if (parsed === undefined) throw new GoError(`not a valid logrus Level: "${level}"`)
  const format = stringOf(debug.get('format')) || 'text'
  log.level = parsed
  if (format !== 'text' && format !== 'json') throw new GoError(`unknown log format: ${format}`)
  log.format = format
  log.hasFractions = true
  const grpc = asMap(loaded.get('grpc'))
  return new Map([
    ...loaded,
    ['root', options.root || stringOf(loaded.get('root'))],
    ['state', options.state || stringOf(loaded.get('state'))],
    ['grpc', new Map([...grpc, ['address', options.address || stringOf(grpc.get('address'))]])],
  ])
}

/** `CreateTopLevelDirectories`. */
export function makeTopDirectories(process: Process, config: GoMap, generation: ConfigGeneration): void {
  const [root, state, temporary] = ['root', 'state', 'temp'].map(key => stringOf(config.get(key)))
  if (!root) throw new GoError('root must be specified')
  if (!state) throw new GoError('state must be specified')
  if (root === state) throw new GoError('root and state must be different paths')
  mkdirAll(process, root, generation === '1.4' ? 0o711 : 0o700)
  if (generation !== '1.4') pathCall('chmod', root, () => process.chmod(root, 0o700))
  mkdirAll(process, state, 0o711)
  // Shims of every daemon have their sockets here.
  if (!/^1\.[46]$/.test(generation)) mkdirAll(process, '/run/containerd', 0o711)
  if (temporary) mkdirAll(process, temporary, 0o700)
  mkdirAll(process, joinPath(root, 'tmpmounts'), 0o700)
}

/** `apply`: what the configuration does to the daemon's own process. */
export function applyToProcess(process: Process, config: GoMap, log: Log): void {
  const score = config.get('oom_score')
  if (typeof score === 'bigint' && score !== 0n) {
    log.write('debug', `changing OOM score to ${score}`)
    // proc(5): lowering it takes CAP_SYS_RESOURCE.
    if (score < 0n && !process.credentials.capabilities.has('cap_sys_resource')) {
      log.write('error', `failed to change OOM score to ${score}`, {
        error: `write /proc/${process.pid}/oom_score_adj: permission denied`,
      })
    }
  }
  if (stringOf(asMap(config.get('cgroup')).get('path')) !== '') {
    throw new Unsimulated('containerd', 'the cgroup path of the configuration')
  }
}

/** Durations that the timeouts must be. */
export function checkTimeouts(config: GoMap): void {
  for (const value of asMap(config.get('timeouts')).values()) {
    try {
      parseDuration(stringOf(value))
    } catch (error) {
      if (!(error instanceof GoError)) throw error
      throw new GoError(`unable to parse ${stringOf(value)} into a time duration`)
    }
  }
}

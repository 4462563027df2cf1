import { Unsimulated } from '../../src/host/host.ts'
import { stringOf } from '../formats/containerd-release.ts'
import { directoryOf } from '../formats/go-path.ts'
import type { GoMap } from '../formats/go-toml/types.ts'
import { mkdirAll, pathCall } from './go-os.ts'
import { PLUGIN_TYPE as T } from './registry.ts'
import type { Starter } from './starter.ts'

const NRI = `${T.nri}.nri`

/** `nri.New`: the interface for plugins of the node resource interface. */
export function initNri(starter: Starter, _uri: string, config: GoMap): void {
  if (config.get('disable') === true) {
    starter.log.info('NRI interface is disabled by configuration.')
    return
  }
  starter.log.info('runtime interface created')
  starter.log.info('created NRI interface')
}

/** Tells whether the CRI plugin has an interface for node resources: there is one, even if it is switched off. */
export function tellNri(starter: Starter): void {
  const found = starter.states.find(({ type, id }) => type === T.nri && id === 'nri')
  starter.log.info(
    found === undefined || found.error !== undefined
      ? 'NRI service not found, NRI support disabled'
      : 'using experimental NRI integration - disable nri plugin to prevent this',
  )
}

/** `nri.Start`, once the CRI service is up: plugins that are installed, and a socket for those that are not. */
export function startNri(starter: Starter): void {
  const found = starter.states.find(({ type, id }) => type === T.nri && id === 'nri')
  const config = starter.configOf(NRI)
  if (found === undefined || config.get('disable') === true) return
  const { log, process } = starter
  log.info('Registered namespace "k8s.io" with NRI')
  log.info('runtime interface starting up...')
  log.info('starting plugins...')
  const pluginPath = stringOf(config.get('plugin_path'))
  if (process.exists(pluginPath) && process.readdir(pluginPath).length > 0) {
    throw new Unsimulated('containerd', `the NRI plugins in ${pluginPath}`)
  }
  if (starter.release.generation !== '1.7') log.info('Synchronizing NRI (plugin) with current runtime state')
  if (config.get('disable_connections') === true) log.info('connection from external plugins disabled')
  else listenForPlugins(starter, stringOf(config.get('socket_path')))
}

function listenForPlugins(starter: Starter, path: string): void {
  const { process } = starter
  if (process.exists(path)) process.unlink(path)
  mkdirAll(process, directoryOf(path), 0o700)
  // net.ListenUnix leaves the mode to the umask.
  pathCall('bind', path, () => process.system.fs.mknod(process, path, { type: 'socket', mode: 0o777 }))
}

import { Unsimulated } from '../../src/host/host.ts'
import { asMap, stringOf } from '../formats/containerd-release.ts'
import { directoryOf } from '../formats/go-path.ts'
import { GoError } from '../formats/go-toml/go-error.ts'
import type { GoMap } from '../formats/go-toml/types.ts'
import type { Log } from '../formats/logrus.ts'
import type { Process } from '../process.ts'
import { mkdirAll, pathCall } from './go-os.ts'

/** Opens the daemon's sockets in its order: debug, ttrpc, gRPC. */
export function listen(process: Process, config: GoMap, log: Log): void {
  const grpc = asMap(config.get('grpc'))
  const ttrpc = asMap(config.get('ttrpc'))
  const address = stringOf(grpc.get('address'))
  if (address === '') throw new GoError('grpc address cannot be empty: invalid argument')
  const hasOwnTtrpc = stringOf(ttrpc.get('address')) !== ''
  const sockets: [string, GoMap][] = [
    [stringOf(asMap(config.get('debug')).get('address')), asMap(config.get('debug'))],
    [hasOwnTtrpc ? stringOf(ttrpc.get('address')) : `${address}.ttrpc`, hasOwnTtrpc ? ttrpc : grpc],
    [address, grpc],
  ]
  for (const [path, owner] of sockets) {
    if (path === '') continue
    makeSocket(process, path, owner)
    log.info('serving...', { address: path })
  }
  if (stringOf(grpc.get('tcp_address')) !== '') throw new Unsimulated('containerd', 'tcp_address')
}

/** `GetLocalListener`. */
function makeSocket(process: Process, path: string, owner: GoMap): void {
  if (!path.startsWith('/')) throw new Unsimulated('containerd', `the address ${path}`)
  const [uid, gid] = [Number(owner.get('uid')), Number(owner.get('gid'))]
  const directory = directoryOf(path)
  if (!process.exists(directory)) {
    mkdirAll(process, directory, 0o770)
    process.chown(directory, uid, gid)
  }
  if (process.exists(path)) process.unlink(path)
  pathCall('bind', path, () => process.system.fs.mknod(process, path, { type: 'socket', mode: 0o777 }))
  process.chmod(path, 0o660)
  process.chown(path, uid, gid)
}

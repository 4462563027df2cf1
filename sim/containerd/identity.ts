import { joinPath } from '../formats/go-path.ts'
import type { Caller } from '../fs/vfs.ts'
import { userCredentials } from '../kernel/credentials.ts'
import type { System } from '../process.ts'

/** The daemon's file operations while its program is parked: when a client asks, when it ends. */
export const DAEMON: Caller = {
  pid: 0,
  cwd: '/',
  umask: 0o022,
  credentials: { ...userCredentials(0), capabilities: new Set(['cap_dac_override', 'cap_dac_read_search']) },
}

/** `getUUID` of the introspection service: a version 4 UUID, made at the first question and written down. */
export function serverUuid(system: System, root: string): string {
  const directory = joinPath(root, 'io.containerd.grpc.v1.introspection')
  const path = `${directory}/uuid`
  if (!system.fs.canAccess(DAEMON, path, 'exists')) {
    if (!system.fs.canAccess(DAEMON, directory, 'exists')) system.fs.mkdir(DAEMON, directory, 0o700)
    const uuid = new TextEncoder().encode(randomUuid(() => system.random()))
    withFile(system, path, { write: true, create: true }, file => file.write(uuid))
  }
  return withFile(system, path, { read: true }, file => new TextDecoder().decode(file.read(4096)))
}

type Open = System['fs']['open']

function withFile<T>(
  system: System,
  path: string,
  flags: Parameters<Open>[2],
  use: (file: ReturnType<Open>) => T,
): T {
  const file = system.fs.open(DAEMON, path, flags, 0o666)
  file.hold()
  try {
    return use(file)
  } finally {
    file.release()
  }
}

function randomUuid(random: () => number): string {
  const digits = Array.from({ length: 32 }, (_, at) => {
    const digit = Math.floor(random() * 16)
    return (at === 12 ? 4 : at === 16 ? (digit & 3) | 8 : digit).toString(16)
  }).join('')
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

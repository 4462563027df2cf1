import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { isAtLeast, upstreamVersion } from '../formats/package-version.ts'
import type { Caller } from '../fs/vfs.ts'
import { userCredentials } from '../kernel/credentials.ts'
import type { Process } from '../process.ts'

/** What a release of sudo does otherwise than the others: recorded on 1.9.5p2, 1.9.13p3, 1.9.16p2 and 1.9.17p2. */
export interface SudoRelease {
  /** Between `unknown user` and the name. */
  readonly unknownUserMark: ':' | ''
  /** Whether the program learns the caller's home. */
  readonly isTellingHome: boolean
  /** Whether the first time that it asks for a password it gives a lecture. */
  readonly isLecturing: boolean
}

/** The release that a machine's package is of. */
export function sudoRelease(process: Process): SudoRelease {
  const version = upstreamVersion(process.system.packageVersion('sudo') ?? '')
  return {
    unknownUserMark: isAtLeast(version, '1.9.13') ? '' : ':',
    isTellingHome: isAtLeast(version, '1.9.16'),
    isLecturing: !isAtLeast(version, '1.9.13'),
  }
}

/** sudo is root's whoever calls it: what its own reads are made as. */
const SUDO: Caller = {
  pid: 0,
  cwd: '/',
  umask: 0o022,
  credentials: { ...userCredentials(0), capabilities: new Set(['cap_dac_read_search']) },
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** `secure_path` of sudoers(5): the PATH of what is run. */
export function securePath(process: Process): string {
  const lines = readText(process, '/etc/sudoers').matchAll(/^Defaults\s+secure_path\s*=\s*"?([^"\n]+)"?/gm)
  return [...lines].at(-1)?.[1] ?? DEFAULT_PATH
}

/** Whether rules besides those of the package may let others than root do something. */
export const hasOwnRules = (process: Process): boolean =>
  /^[^#\n]*NOPASSWD/m.test(readText(process, '/etc/sudoers')) ||
  process.system.fs.readdir(SUDO, '/etc/sudoers.d').some(name => name !== 'README')

function readText(process: Process, path: string): string {
  try {
    const file = process.system.fs.open(SUDO, path, { read: true }, 0)
    return new TextDecoder().decode(file.read(1 << 20) ?? new Uint8Array())
  } catch (error) {
    if (error instanceof KernelError && error.errno === 'ENOENT')
      throw new Unsimulated('sudo', `a host without ${path}`)
    throw error
  }
}

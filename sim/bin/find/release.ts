import type { ErrnoName } from '../../../src/host/errno.ts'
import { Unsimulated } from '../../../src/host/host.ts'
import { isAtLeast, upstreamVersion } from '../../formats/package-version.ts'
import type { Process } from '../../process.ts'

/** What differs between releases of findutils. */
export interface FindRelease {
  /** 4.10: an unknown user is an invalid name or number. */
  readonly isNamingIds: boolean
  /** 4.11: an invalid mode is a file's. */
  readonly isSayingFileMode: boolean
}

/** The find of a machine. */
export function findRelease(process: Process): FindRelease {
  const version = upstreamVersion(process.system.packageVersion('findutils') ?? '4.9.0')
  return { isNamingIds: isAtLeast(version, '4.10'), isSayingFileMode: isAtLeast(version, '4.11') }
}

/** A command line that find refuses: what it says, or, where that is not known, what is not modelled. */
export class FindError extends Error {
  override readonly name = 'FindError'
  readonly errno: ErrnoName | undefined

  constructor(message: string | undefined, unsimulated?: string, errno?: ErrnoName) {
    if (message === undefined) throw new Unsimulated('find', unsimulated ?? 'a mistake')
    super(message)
    this.errno = errno
  }
}

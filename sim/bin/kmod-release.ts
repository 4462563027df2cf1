import { isAtLeast, upstreamVersion } from '../formats/package-version.ts'
import type { Process } from '../process.ts'

/** Functions of libkmod that log an error themselves. */
export type LibkmodFunction = 'command_do' | 'kmod_module_insert_module' | 'kmod_module_new_from_loaded'

/** What a release of kmod says otherwise than the others: 28, 30 and 34, by their sources and recorded. */
export interface KmodRelease {
  /** What `--version` prints. */
  readonly version: string
  /** From 34 on the tools log alike: `NAME: ERROR: …`, and lsmod takes options. */
  readonly isLoggingAlike: boolean
  /** `modprobe -r` says of a name that there is no such module: not in 28, of which a lookup that finds nothing fails. */
  readonly isTellingUnknownRemoval: boolean
  /** What modinfo calls a name that it does not find. */
  readonly modinfoNoun: string
  /** Where in libkmod-module.c a function logs; nothing from 34 on, which is built to log no places. */
  placeOf(name: LibkmodFunction): string
}

const LINES: Readonly<Record<'28' | '30', Readonly<Record<LibkmodFunction, number>>>> = {
  28: { command_do: 990, kmod_module_insert_module: 838, kmod_module_new_from_loaded: 1668 },
  30: { command_do: 1047, kmod_module_insert_module: 895, kmod_module_new_from_loaded: 1725 },
}

/** The release that a machine's package is of. */
export function kmodRelease(process: Process): KmodRelease {
  const version = upstreamVersion(process.system.packageVersion('kmod') ?? '').replace(/\+.*/, '')
  const isSince30 = isAtLeast(version, '30')
  const isSince34 = isAtLeast(version, '34')
  const features = isSince34
    ? '+ZSTD +XZ -ZLIB +OPENSSL'
    : `${isSince30 ? '+' : '-'}ZSTD +XZ -ZLIB +LIBCRYPTO -EXPERIMENTAL`
  const lines = LINES[isSince30 ? '30' : '28']
  return {
    version: `kmod version ${version}\n${features}\n`,
    isLoggingAlike: isSince34,
    isTellingUnknownRemoval: isSince30,
    modinfoNoun: isSince30 ? 'Module' : 'Module alias',
    placeOf: name => (isSince34 ? '' : `../libkmod/libkmod-module.c:${lines[name]} ${name}() `),
  }
}

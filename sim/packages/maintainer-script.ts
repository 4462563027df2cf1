import type { OpenFile } from '../fs/open-file.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { ADMIN_DIRECTORY, type Package } from './database.ts'

/** What dpkg calls a script in its messages. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  preinst: 'pre-installation',
  postinst: 'post-installation',
  prerm: 'pre-removal',
  postrm: 'post-removal',
}

/** A package's script ended with a status other than 0. */
export class ScriptFailed extends Error {
  override readonly name = 'ScriptFailed'

  constructor(
    kind: string,
    options: { readonly isNew: boolean; readonly name: string; readonly exitCode: number },
  ) {
    const { isNew, name, exitCode } = options
    super(
      `${isNew ? 'new' : 'installed'} ${name} package ${DESCRIPTIONS[kind]} script subprocess returned error exit status ${exitCode}`,
    )
  }
}

export interface ScriptCall {
  readonly item: Package
  /** `postinst`. */
  readonly kind: string
  readonly path: string
  readonly args: readonly string[]
  /** Out of a package that is being unpacked. */
  readonly isNew?: boolean
}

/** Runs a script as maintscript_exec() of dpkg does; where there is none nothing happens. */
export function* runScript(
  process: Process,
  call: ScriptCall,
  options: { readonly files: ReadonlyMap<number, OpenFile>; readonly dpkgVersion: string },
): Blocking<void> {
  const { item, kind, path, args } = call
  if (!process.exists(path)) return
  const env = new Map([
    ...process.env,
    ['DPKG_MAINTSCRIPT_PACKAGE', item.name],
    ['DPKG_MAINTSCRIPT_PACKAGE_REFCOUNT', '1'],
    ['DPKG_MAINTSCRIPT_ARCH', item.architecture],
    ['DPKG_MAINTSCRIPT_NAME', kind],
    ['DPKG_RUNNING_VERSION', options.dpkgVersion],
    ['DPKG_ADMINDIR', ADMIN_DIRECTORY],
    ['DPKG_ROOT', ''],
  ])
  const child = process.spawn(path, [path, ...args], { env, cwd: '/', files: options.files })
  const exitCode = yield* child.wait()
  if (exitCode !== 0)
    throw new ScriptFailed(kind, { isNew: call.isNew === true, name: item.displayName, exitCode })
}

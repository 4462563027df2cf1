import { KernelError, strerror } from '../../src/host/errno.ts'
import type { Process } from '../process.ts'
import { PROC_SYS, type SysctlContext } from './sysctl-context.ts'

const DEPRECATED: readonly string[] = ['base_reachable_time', 'retrans_time']

/** Whether a key is only shown, and in procps 3 set, when one asks for deprecated ones. */
export const isDeprecated = (name: string): boolean => DEPRECATED.includes(name)

/** stat(2) of a key's file, complained of unless failures are ignored; the errno where there is none. */
export function statKey(context: SysctlContext, path: string): ReturnType<Process['stat']> | undefined {
  try {
    return context.process.stat(path)
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    if (!context.isIgnoringUnknown) context.complain(`cannot stat ${path}: ${strerror(error.errno)}`)
    return undefined
  }
}

/** ReadSetting(): shows one key, or all below a directory. */
export function readSetting(context: SysctlContext, name: string): number {
  const failure = context.release.isGathering ? 1 : -1
  if (name === '') {
    context.complain('"" is an unknown key')
    return -1
  }
  const key = context.keyOf(name)
  const path = context.pathOf(name)
  const stat = statKey(context, path)
  if (stat === undefined) return context.isIgnoringUnknown ? 0 : failure
  if ((stat.mode & 0o400) === 0) return 0
  if (stat.type === 'directory') return displayAll(context, path.slice(PROC_SYS.length))
  if (!context.isWanted(key)) return 0
  if (!context.isNameOnly) return show(context, { path, key, failure })
  context.process.print(`${key}\n`)
  return 0
}

function show(
  context: SysctlContext,
  { path, key, failure }: { readonly path: string; readonly key: string; readonly failure: number },
): number {
  try {
    const lines = context.process.readText(path).split('\n').slice(0, -1)
    const prefix = context.isPrintingName ? `${key} = ` : ''
    const text = lines.map((line, at) => `${at === 0 ? prefix : ''}${line}${context.lineEnd}`)
    context.process.print(text.join(''))
    return 0
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    if (error.errno === 'EACCES') context.complain(`permission denied on key '${key}'`)
    else if (error.errno !== 'EIO') context.complain(`reading key "${key}"`)
    return failure
  }
}

/** DisplayAll(): depth first, in the order of the directory. */
export function displayAll(context: SysctlContext, directory: string): number {
  let status = 0
  for (const name of context.process.readdir(PROC_SYS + directory)) {
    const path = directory === '' ? name : `${directory.replace(/\/$/, '')}/${name}`
    if (!context.isShowingDeprecated && isDeprecated(name)) continue
    if (context.process.stat(PROC_SYS + path).type === 'directory') displayAll(context, path)
    else status |= readSetting(context, path)
  }
  return status
}

import { Unsimulated } from '../../src/host/host.ts'
import { FsContextError } from './fs-context.ts'
import { BLOCK_BYTES, emptyTree, ROOT_INO, type TreeState } from './tree.ts'

/** tmpfs(5): what of its options the root directory and the room are made of. */
export interface TmpfsOptions {
  readonly sizeBytes: number
  readonly inodes: number | undefined
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** As mountinfo shows them, without `rw`. */
  readonly shown: readonly string[]
}

export interface TmpfsContext {
  readonly memoryBytes: number
  /** Whether the kernel tells the width of inode numbers (CONFIG_TMPFS_INODE64). */
  readonly isShowingInodes: boolean
}

const DEFAULT_MODE = 0o1777

/** Options that change nothing that is modelled here. */
const UNMODELLED = /^(?:nr_blocks|huge|mpol|noswap|inode32|inode64|quota|usrquota|grpquota)(?:=|$)/

/**
 * shmem_parse_options() and shmem_show_options() of mm/shmem.c: `data` is what mount(2) is given. EINVAL for an unknown
 * option or a bad value.
 */
export function parseTmpfsOptions(data: readonly string[], context: TmpfsContext): TmpfsOptions {
  const defaultBytes = Math.floor(context.memoryBytes / 2 / BLOCK_BYTES) * BLOCK_BYTES
  let options = { sizeBytes: defaultBytes, mode: DEFAULT_MODE, uid: 0, gid: 0 }
  let inodes: number | undefined
  for (const option of data) {
    const [key = '', value = ''] = option.split(/=(.*)/s)
    const bad = new FsContextError('EINVAL', `tmpfs: Bad value for '${key}'`)
    if (UNMODELLED.test(option)) throw new Unsimulated('mount(2)', `tmpfs with ${option}`)
    if (key === 'size') options = { ...options, sizeBytes: parseSize(value, context.memoryBytes, bad) }
    else if (key === 'nr_inodes') inodes = parseMemory(value, bad)
    else if (key === 'mode')
      options = { ...options, mode: parseNumber(value, { pattern: /^[0-7]+$/, radix: 8, bad }) & 0o7777 }
    else if (key === 'uid' || key === 'gid')
      options = { ...options, [key]: parseNumber(value, { pattern: /^\d+$/, radix: 10, bad }) }
    else throw new FsContextError('EINVAL', `tmpfs: Unknown parameter '${key}'`)
  }
  const shown = [
    ...(options.sizeBytes === defaultBytes ? [] : [`size=${options.sizeBytes / 1024}k`]),
    ...(inodes === undefined ? [] : [`nr_inodes=${inodes}`]),
    ...(options.mode === DEFAULT_MODE ? [] : [`mode=${options.mode.toString(8).padStart(3, '0')}`]),
    ...(options.uid === 0 ? [] : [`uid=${options.uid}`]),
    ...(options.gid === 0 ? [] : [`gid=${options.gid}`]),
    ...(context.isShowingInodes ? ['inode64'] : []),
  ]
  return { ...options, inodes, shown }
}

/** An empty tmpfs. */
export function tmpfsTree(options: TmpfsOptions, seconds: number): TreeState {
  const { mode, uid, gid } = options
  // No size is no limit.
  const capacityBytes = options.sizeBytes === 0 ? Number.MAX_SAFE_INTEGER : options.sizeBytes
  const tree = emptyTree({ mode, seconds, isDurable: false, capacityBytes })
  const root = tree.inodes.get(ROOT_INO)
  return root === undefined ? tree : { ...tree, inodes: tree.inodes.set(ROOT_INO, { ...root, uid, gid }) }
}

function parseSize(text: string, memoryBytes: number, bad: FsContextError): number {
  const percent = /^(\d+)%$/.exec(text)?.[1]
  const bytes = percent === undefined ? parseMemory(text, bad) : (Number(percent) * memoryBytes) / 100
  return Math.ceil(Math.floor(bytes) / BLOCK_BYTES) * BLOCK_BYTES
}

/** memparse() of lib/cmdline.c. */
function parseMemory(text: string, bad: FsContextError): number {
  const match = /^(\d+)([kmgtpe]?)$/i.exec(text)
  if (match?.[1] === undefined) throw bad
  return Number(match[1]) * 1024 ** ('kmgtpe'.indexOf((match[2] ?? '').toLowerCase() || '.') + 1)
}

function parseNumber(
  text: string,
  { pattern, radix, bad }: { readonly pattern: RegExp; readonly radix: number; readonly bad: FsContextError },
): number {
  if (!pattern.test(text)) throw bad
  return Number.parseInt(text, radix)
}

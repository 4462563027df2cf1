import type { StartedVm } from '../../../containers/vm/start.ts'
import type { Entry, FileType, Host, Reply, Request, Stat } from '../../../src/host/host.ts'

const TYPES: Readonly<Record<string, FileType>> = {
  f: 'file',
  d: 'directory',
  l: 'symlink',
  c: 'char-device',
  b: 'block-device',
  p: 'fifo',
  s: 'socket',
}

/** What find(1) prints of a file: name, type, mode, owner, group, size, mtime, ctime. */
const FORMAT = '%f\\t%y\\t%m\\t%U\\t%G\\t%s\\t%T@\\t%C@\\n'

/** Enough of the port to record facts of a virtual machine: programs, files and directories, through its guest agent. */
export const vmHost = (vm: StartedVm): Host => ({
  name: vm.name,
  send: batch =>
    batch.reduce(
      async (so, request) => [...(await so), await answer(vm, request)],
      Promise.resolve<Reply[]>([]),
    ),
  close: () => Promise.resolve(),
})

async function answer(vm: StartedVm, request: Request): Promise<Reply> {
  if (request.kind === 'exec')
    return { kind: 'exec', isTimedOut: false, ...(await vm.exec(['env', 'LC_ALL=C', ...request.argv])) }
  if (request.kind === 'read') {
    const [entry] = await entries(vm, ['-L', request.path, '-maxdepth', '0'])
    if (entry === undefined) return { kind: 'errno', errno: 'ENOENT' }
    return { kind: 'read', content: (await vm.exec(['cat', request.path])).stdout, stat: entry.stat }
  }
  if (request.kind !== 'list') throw new Error(`facts do not ${request.kind}`)
  const found = await entries(vm, [request.path, '-mindepth', '1', '-maxdepth', '1'])
  return { kind: 'list', entries: found.sort((a, b) => (a.name < b.name ? -1 : 1)) }
}

async function entries(vm: StartedVm, args: readonly string[]): Promise<Entry[]> {
  const { stdout } = await vm.exec(['find', ...args, '-printf', FORMAT])
  return String(stdout)
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [name = '', type = '', ...numbers] = line.split('\t')
      return { name, stat: statOf(TYPES[type] ?? 'file', numbers) }
    })
}

function statOf(type: FileType, [mode, uid, gid, size, mtime, ctime]: readonly string[]): Stat {
  return {
    type,
    mode: Number.parseInt(mode ?? '', 8),
    uid: Number(uid),
    gid: Number(gid),
    sizeBytes: Number(size),
    mtimeSeconds: Number(mtime),
    ctimeSeconds: Number(ctime),
  }
}

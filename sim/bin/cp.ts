import { Unsimulated } from '../../src/host/host.ts'
import { copy } from './copy.ts'
import { movesOf } from './destination.ts'
import { type ParsedOptions, program } from './getopt.ts'

/** cp(1) of coreutils 9.1. */
export const cp = program(
  {
    options: [
      'a,archive',
      'd',
      'f,force',
      'L,dereference',
      'n,no-clobber',
      'P,no-dereference',
      'p',
      'preserve::',
      'r',
      'R,recursive',
      't,target-directory:',
      'T,no-target-directory',
      'u,update',
      'v,verbose',
    ],
    unsimulated: [
      'attributes-only',
      'b',
      'backup::',
      'copy-contents',
      'H',
      'i,interactive',
      'l,link',
      'no-preserve:',
      'parents',
      'reflink::',
      'remove-destination',
      'sparse:',
      'strip-trailing-slashes',
      's,symbolic-link',
      'S,suffix:',
      'x,one-file-system',
      'Z',
      'context::',
    ],
  },
  (process, options) => {
    const moves = movesOf(process, options)
    if (typeof moves === 'number') return moves
    const isRecursive = ['archive', 'r', 'recursive'].some(name => options.has(name))
    const last = options.last('archive', 'd', 'dereference', 'no-dereference')
    let status = 0
    for (const { from, to } of moves) {
      status =
        copy(process, from, to, {
          isRecursive,
          isKeepingLinks: last === undefined ? isRecursive : last !== 'dereference',
          preserved: preservedBy(options),
          isForced: options.has('force'),
          isKeepingExisting: options.has('no-clobber'),
          isOnlyNewer: options.has('update'),
          isVerbose: options.has('verbose'),
        }) || status
    }
    return status
  },
)

function preservedBy(options: ParsedOptions): ReadonlySet<'mode' | 'ownership' | 'timestamps'> {
  const all = ['mode', 'ownership', 'timestamps'] as const
  if (options.has('archive') || options.has('p')) return new Set(all)
  if (!options.has('preserve')) return new Set()
  const names: readonly string[] = options.value('preserve')?.split(',') ?? all
  const unknown = names.find(name => name !== 'all' && !all.some(known => known === name))
  if (unknown !== undefined) throw new Unsimulated('cp', `--preserve=${unknown}`)
  return new Set(names.includes('all') ? all : all.filter(known => names.some(name => name === known)))
}

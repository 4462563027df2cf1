import { list, listFiles, queryOf, search, show, status } from '../packages/query.ts'
import { program, UsageError } from './getopt.ts'

const HINT = '\nUse --help for help about querying packages.'

const ACTIONS = ['show', 'list', 'listfiles', 'search', 'status'] as const

/** dpkg-query(1). */
export const dpkgQuery = program(
  {
    options: ['W,show', 'l,list', 'L,listfiles', 'S,search', 's,status', 'f,showformat:', 'no-pager'],
    unsimulated: [
      'p,print-avail',
      'c,control-path',
      'control-list',
      'control-show',
      'load-avail',
      'admindir:',
      'root:',
    ],
    usageStatus: 2,
    hint: HINT,
  },
  (process, options) => {
    const action = options.last(...ACTIONS)
    if (action === undefined) throw new UsageError(`dpkg-query: error: need an action option\n${HINT}\n`, 2)
    const words = options.operands
    if (words.length === 0 && (action === 'search' || action === 'listfiles')) {
      const what = action === 'search' ? 'file name pattern' : 'package name'
      throw new UsageError(`dpkg-query: error: --${action} needs at least one ${what} argument\n${HINT}\n`, 2)
    }
    const query = queryOf(process, words)
    if (action === 'show') return show(query, options.value('showformat'))
    return { list, listfiles: listFiles, search, status }[action as 'list'](query)
  },
)

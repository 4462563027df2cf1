import { alias, unalias } from './alias.ts'
import type { Builtin } from './builtin.ts'
import { cd } from './cd.ts'
import { colon, falseBuiltin } from './colon.ts'
import { builtin, command } from './command.ts'
import { breakBuiltin, continueBuiltin, exit, returnBuiltin } from './control.ts'
import { declare, exportBuiltin, local, readonlyBuiltin } from './declare.ts'
import { dirs, popd, pushd } from './directory-stack.ts'
import { echo } from './echo.ts'
import { evalBuiltin } from './eval.ts'
import { exec } from './exec.ts'
import { getopts } from './getopts.ts'
import { hash } from './hash.ts'
import { disown, jobs } from './jobs.ts'
import { kill } from './kill.ts'
import { letBuiltin } from './let.ts'
import { mapfile } from './mapfile.ts'
import { printf } from './printf.ts'
import { pwd } from './pwd.ts'
import { read } from './read.ts'
import { set } from './set.ts'
import { shift } from './shift.ts'
import { shopt } from './shopt.ts'
import { source } from './source.ts'
import { test } from './test.ts'
import { trap } from './trap.ts'
import { type } from './type.ts'
import { umask } from './umask.ts'
import { unset } from './unset.ts'
import { wait } from './wait.ts'

/** A builtin that the shell has and that is not here. */
const unsimulated = (name: string): Builtin => ({
  isUnsimulated: true,
  run(shell) {
    throw shell.unsimulated(`the builtin ${name}`)
  },
})

const BOTH: readonly (readonly [string, Builtin])[] = [
  ['.', source],
  [':', colon],
  ['[', test],
  ['alias', alias],
  ['bg', unsimulated('bg')],
  ['break', breakBuiltin],
  ['cd', cd],
  ['command', command],
  ['continue', continueBuiltin],
  ['echo', echo],
  ['eval', evalBuiltin],
  ['exec', exec],
  ['exit', exit],
  ['export', exportBuiltin],
  ['false', falseBuiltin],
  ['fg', unsimulated('fg')],
  ['getopts', getopts],
  ['hash', hash],
  ['jobs', jobs],
  ['kill', kill],
  ['local', local],
  ['printf', printf],
  ['pwd', pwd],
  ['read', read],
  ['readonly', readonlyBuiltin],
  ['return', returnBuiltin],
  ['set', set],
  ['shift', shift],
  ['test', test],
  ['times', unsimulated('times')],
  ['trap', trap],
  ['true', colon],
  ['type', type],
  ['ulimit', unsimulated('ulimit')],
  ['umask', umask],
  ['unalias', unalias],
  ['unset', unset],
  ['wait', wait],
]

const ONLY_BASH: readonly (readonly [string, Builtin])[] = [
  ['builtin', builtin],
  ['declare', declare],
  ['dirs', dirs],
  ['disown', disown],
  ['let', letBuiltin],
  ['mapfile', mapfile],
  ['popd', popd],
  ['pushd', pushd],
  ['readarray', mapfile],
  ['shopt', shopt],
  ['source', source],
  ['typeset', declare],
  ...[
    'bind',
    'caller',
    'compgen',
    'complete',
    'compopt',
    'enable',
    'fc',
    'help',
    'history',
    'logout',
    'suspend',
  ].map(name => [name, unsimulated(name)] as const),
]

const ONLY_DASH: readonly (readonly [string, Builtin])[] = [['chdir', cd]]

const BASH = new Map([...BOTH, ...ONLY_BASH])
const DASH = new Map([...BOTH, ...ONLY_DASH])

/** The builtins of a shell by their names. */
export const builtins = (shell: { readonly isBash: boolean }): ReadonlyMap<string, Builtin> =>
  shell.isBash ? BASH : DASH

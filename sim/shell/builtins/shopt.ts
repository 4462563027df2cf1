import { optionOfName } from '../options.ts'
import { type Builtin, failure, invalidOption, parseLetters } from './builtin.ts'

/** Options of bash 5.2 that scripts here can turn on and off. */
const MODELLED = [
  'dotglob',
  'expand_aliases',
  'extglob',
  'failglob',
  'globstar',
  'inherit_errexit',
  'nocaseglob',
  'nocasematch',
  'nullglob',
  'xpg_echo',
]

/** On from the start, or without effect in a script. */
const INERT = [
  'checkwinsize',
  'cmdhist',
  'complete_fullquote',
  'direxpand',
  'dirspell',
  'extquote',
  'force_fignore',
  'globasciiranges',
  'globskipdots',
  'histappend',
  'histreedit',
  'histverify',
  'hostcomplete',
  'huponexit',
  'interactive_comments',
  'lithist',
  'mailwarn',
  'no_empty_cmd_completion',
  'patsub_replacement',
  'progcomp',
  'promptvars',
  'sourcepath',
]

const OTHERS = [
  'assoc_expand_once',
  'autocd',
  'cdable_vars',
  'cdspell',
  'checkhash',
  'checkjobs',
  'compat31',
  'compat32',
  'compat40',
  'compat41',
  'compat42',
  'compat43',
  'compat44',
  'execfail',
  'extdebug',
  'gnu_errfmt',
  'lastpipe',
  'localvar_inherit',
  'localvar_unset',
  'login_shell',
  'noexpand_translation',
  'progcomp_alias',
  'restricted_shell',
  'shift_verbose',
  'varredir_close',
]

/** `shopt -s`, `-u`, `-q`, `-o`. */
export const shopt: Builtin = {
  run(shell, argv) {
    const { letters, operands, invalid } = parseLetters(argv.slice(1), 'pqsuo')
    if (invalid !== undefined)
      return invalidOption(shell, 'shopt', invalid, 'shopt [-pqsu] [-o] [optname ...]')
    if (operands.length === 0 || letters.has('p')) throw shell.unsimulated('a list of shopt')
    let status = 0
    for (const name of operands) {
      const option = letters.has('o') ? optionOfName('bash', name) : undefined
      const set: Set<string> = letters.has('o') ? shell.options : shell.shopts
      if (letters.has('o') ? option === undefined : ![...MODELLED, ...INERT, ...OTHERS].includes(name)) {
        status = failure(shell, 'shopt', `${name}: invalid shell option name`)
        continue
      }
      if (OTHERS.includes(name) && letters.has('s')) throw shell.unsimulated(`shopt -s ${name}`)
      if (letters.has('s')) set.add(name)
      else if (letters.has('u')) set.delete(name)
      else {
        if (!set.has(name)) status = 1
        if (!letters.has('q')) shell.process.print(`${name.padEnd(15)}\t${set.has(name) ? 'on' : 'off'}\n`)
      }
    }
    return status
  },
}

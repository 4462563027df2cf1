import { KernelError, strerror } from '../../../src/host/errno.ts'
import type { Shell } from '../shell.ts'
import { type Builtin, failure, invalidOption, parseLetters } from './builtin.ts'

/** `cd`, with -L and -P, `-`, and CDPATH. */
export const cd: Builtin = {
  run(shell, argv) {
    const { letters, operands, invalid } = parseLetters(argv.slice(1), 'LPe@')
    if (invalid !== undefined) return invalidOption(shell, 'cd', invalid, 'cd [-L|[-P [-e]] [-@]] [dir]')
    if (operands.length > 1 && shell.isBash) return failure(shell, 'cd', 'too many arguments')
    const wanted = operands[0] ?? shell.variables.text('HOME')
    if (wanted === undefined) return shell.isBash ? failure(shell, 'cd', 'HOME not set') : 0
    const target = wanted === '-' ? shell.variables.text('OLDPWD') : wanted
    if (target === undefined) return failure(shell, 'cd', 'OLDPWD not set')
    if (target === '' && shell.isBash) return 0
    const found = searched(shell, target)
    const errno = changeDirectory(shell, found.path, letters.has('P'))
    if (errno !== undefined) return refuse(shell, wanted === '-' ? target : wanted, errno)
    if (wanted === '-' || found.isSearched) shell.process.print(`${shell.variables.text('PWD')}\n`)
    return 0
  },
}

function searched(shell: Shell, target: string): { path: string; isSearched: boolean } {
  const directories = /^\.{0,2}(\/|$)/.test(target) ? [] : (shell.variables.text('CDPATH') ?? '').split(':')
  for (const directory of directories) {
    const path = `${directory}/${target}`
    if (directory !== '' && shell.process.exists(path)) return { path, isSearched: true }
  }
  return { path: target, isSearched: false }
}

function refuse(shell: Shell, target: string, errno: KernelError['errno']): number {
  return failure(shell, 'cd', shell.isBash ? `${target}: ${strerror(errno)}` : `can't cd to ${target}`)
}

/** Makes a path the working directory, and PWD and OLDPWD; gives the errno where that fails. */
export function changeDirectory(
  shell: Shell,
  target: string,
  isPhysical = false,
): KernelError['errno'] | undefined {
  const { process, variables } = shell
  const old = variables.text('PWD') ?? process.cwd
  const logical = normalize(target.startsWith('/') ? target : `${old}/${target}`)
  try {
    const path = isPhysical ? process.system.fs.realpath(process, target) : logical
    if (process.stat(path).type !== 'directory') throw new KernelError('ENOTDIR')
    if (!process.canAccess(path, 'execute')) throw new KernelError('EACCES')
    process.cwd = path
    variables.set('OLDPWD', { ...variables.get('OLDPWD'), value: old })
    variables.set('PWD', { ...variables.get('PWD'), value: path })
    return undefined
  } catch (error) {
    if (error instanceof KernelError) return error.errno
    throw error
  }
}

function normalize(path: string): string {
  const names: string[] = []
  for (const name of path.split('/')) {
    if (name === '..') names.pop()
    else if (name !== '' && name !== '.') names.push(name)
  }
  return `/${names.join('/')}`
}

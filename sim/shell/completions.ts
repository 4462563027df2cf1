import { KernelError } from '../../src/host/errno.ts'
import type { Process } from '../process.ts'
import type { Shell } from './shell.ts'

/**
 * What the last word of a line can be completed to, each as the whole word: the first word of a command to functions,
 * builtins and programs on PATH, any other to files. Words with quotes or expansions to nothing.
 */
export function completions(process: Process, shell: Shell, line: string): readonly string[] {
  const [word = ''] = /[^\s;|&<>()=]*$/.exec(line) ?? []
  if (/["'`$\\*?[{~]/.test(word)) return []
  const before = line.slice(0, line.length - word.length)
  const isCommand = /(^|[;|&(]|\b(sudo|then|do|else|time))\s*$/.test(before)
  return isCommand && !word.includes('/') ? commands(process, shell, word) : files(process, word)
}

function commands(process: Process, shell: Shell, start: string): readonly string[] {
  const directories = (shell.variables.text('PATH') ?? '').split(':')
  const names = new Set([
    ...shell.functions.keys(),
    ...shell.aliases.keys(),
    ...shell.interpreter.builtins(shell).keys(),
    ...directories.flatMap(directory => namesIn(process, directory)),
  ])
  return [...names].filter(name => name.startsWith(start)).sort()
}

function files(process: Process, word: string): readonly string[] {
  const directory = word.slice(0, word.lastIndexOf('/') + 1)
  const start = word.slice(directory.length)
  return namesIn(process, directory === '' ? '.' : directory)
    .filter(name => name.startsWith(start) && (start !== '' || !name.startsWith('.')))
    .map(name => `${directory}${name}${isDirectory(process, `${directory}${name}`) ? '/' : ''}`)
}

function namesIn(process: Process, directory: string): readonly string[] {
  try {
    return process.readdir(directory)
  } catch (error) {
    if (error instanceof KernelError) return []
    throw error
  }
}

const isDirectory = (process: Process, path: string): boolean =>
  process.exists(path) && process.stat(path).type === 'directory'

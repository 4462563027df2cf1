import type { Process } from '../process.ts'
import { ANY_WORDS, withCommandLine } from './getopt.ts'

/** which(1) of Debian's debianutils 5: paths of programs, nothing for those that are not there. */
export const which = (process: Process): number => {
  const args = process.argv.slice(1)
  let isAll = false
  for (let word = args[0]; word !== undefined && /^-/.test(word); word = args[0]) {
    args.shift()
    if (word === '--') break
    if (!/^-[as]+$/.test(word)) {
      process.print(`Illegal option ${word.slice(0, 2)}\nUsage: ${process.argv[0]} [-a] args\n`)
      return 2
    }
    isAll ||= word.includes('a')
  }
  let status = args.length === 0 ? 1 : 0
  for (const name of args) {
    const found = candidates(process, name)
    if (found.length === 0) status = 1
    for (const path of isAll ? found : found.slice(0, 1)) process.print(`${path}\n`)
  }
  return status
}

function candidates(process: Process, name: string): readonly string[] {
  const isProgram = (path: string): boolean =>
    process.canAccess(path, 'execute') && process.stat(path).type === 'file'
  if (name.includes('/')) return isProgram(name) ? [name] : []
  const directories = (process.env.get('PATH') ?? '').split(':')
  return directories.map(directory => `${directory === '' ? '.' : directory}/${name}`).filter(isProgram)
}

withCommandLine(which, ANY_WORDS)

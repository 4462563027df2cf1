import { strerror } from '../../../src/host/errno.ts'
import type { Shell } from '../shell.ts'
import { type Builtin, failure } from './builtin.ts'
import { changeDirectory } from './cd.ts'

/** `pushd DIRECTORY`, and without one the two on top change places. */
export const pushd: Builtin = {
  run(shell, argv) {
    const [target, ...more] = argv.slice(1)
    if (more.length > 0 || target?.startsWith('-') || target?.startsWith('+'))
      throw shell.unsimulated(argv.join(' '))
    const [top] = shell.directoryStack
    const wanted = target ?? top
    if (wanted === undefined) return failure(shell, 'pushd', 'no other directory')
    const here = shell.variables.text('PWD') ?? shell.process.cwd
    const errno = changeDirectory(shell, wanted)
    if (errno !== undefined) return failure(shell, 'pushd', `${wanted}: ${strerror(errno)}`)
    shell.directoryStack = [
      here,
      ...(target === undefined ? shell.directoryStack.slice(1) : shell.directoryStack),
    ]
    return print(shell)
  },
}

/** `popd`. */
export const popd: Builtin = {
  run(shell, argv) {
    if (argv.length > 1) throw shell.unsimulated(argv.join(' '))
    const [top, ...rest] = shell.directoryStack
    if (top === undefined) return failure(shell, 'popd', 'directory stack empty')
    const errno = changeDirectory(shell, top)
    if (errno !== undefined) return failure(shell, 'popd', `${top}: ${strerror(errno)}`)
    shell.directoryStack = rest
    return print(shell)
  },
}

/** `dirs`. */
export const dirs: Builtin = {
  run(shell, argv) {
    if (argv.length > 1) throw shell.unsimulated(argv.join(' '))
    return print(shell)
  },
}

function print(shell: Shell): number {
  const home = shell.variables.text('HOME')
  const here = shell.variables.text('PWD') ?? shell.process.cwd
  const shown = [here, ...shell.directoryStack].map(path =>
    home !== undefined && home !== '/' && (path === home || path.startsWith(`${home}/`))
      ? `~${path.slice(home.length)}`
      : path,
  )
  shell.process.print(`${shown.join(' ')}\n`)
  return 0
}

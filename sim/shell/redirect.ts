import { type ErrnoName, KernelError, strerror } from '../../src/host/errno.ts'
import { encodeText } from '../../src/host/surrogate-escape.ts'
import type { OpenFile } from '../fs/open-file.ts'
import { InputStream } from '../fs/pipe.ts'
import type { OpenFlags } from '../fs/vfs.ts'
import type { Blocking } from '../scheduler.ts'
import { expandText, expandWords, plainText } from './expand.ts'
import { hereDocumentText } from './here-document.ts'
import type { Shell } from './shell.ts'
import type { HereDocument, Redirection, Word } from './syntax.ts'

/** What was at the descriptors that a command's redirections changed, in order. */
export type Saved = { readonly fd: number; readonly file: OpenFile | undefined }[]

/** Descriptors that `{name}>file` gets start here. */
const FIRST_NAMED_FD = 10

/**
 * Carries out a command's redirections on the shell's own descriptors, left to right. The status is undefined where
 * all went well; otherwise a message was printed, and those carried out so far are in `saved`.
 */
export function* applyRedirections(
  shell: Shell,
  redirections: readonly Redirection[],
  saved: Saved,
): Blocking<number | undefined> {
  for (const redirection of redirections) {
    const outcome = yield* new Redirecting(shell, redirection, saved).run()
    if (outcome !== undefined) return outcome
  }
  return undefined
}

/** Puts everything back, unless a program has taken the process over with them. */
export function undoRedirections(shell: Shell, saved: Saved): void {
  if (shell.isReplaced) {
    keepRedirections(saved)
    return
  }
  const { process } = shell
  for (const { fd, file } of saved.splice(0).reverse()) {
    if (file === undefined) {
      if (process.files.has(fd)) process.close(fd)
      continue
    }
    process.install(file, fd)
    file.release()
  }
}

/** Makes redirections stay: what `exec` does. */
export function keepRedirections(saved: Saved): void {
  for (const { file } of saved.splice(0)) file?.release()
}

/** Opens a file to read, or says why not. */
export function openForReading(shell: Shell, path: string): OpenFile | undefined {
  return openFile(shell, path, { read: true })
}

function openFile(shell: Shell, path: string, flags: OpenFlags): OpenFile | undefined {
  const { process } = shell
  try {
    return process.system.fs.open(process, path, flags, 0o666)
  } catch (error) {
    if (!(error instanceof KernelError)) throw error
    shell.complain(openMessage(shell, path, { errno: error.errno, isCreating: flags.create === true }))
    return undefined
  }
}

/** errmsg() of dash's error.c has words of its own for files that are not there. */
function openMessage(
  shell: Shell,
  path: string,
  { errno, isCreating }: { errno: ErrnoName; isCreating: boolean },
): string {
  if (shell.isBash) {
    const isClobbering = errno === 'EEXIST' && shell.options.has('noclobber')
    return `${path}: ${isClobbering ? 'cannot overwrite existing file' : strerror(errno)}`
  }
  const isMissing = errno === 'ENOENT' || errno === 'ENOTDIR'
  const reason = isMissing ? (isCreating ? 'Directory nonexistent' : 'No such file') : strerror(errno)
  return `cannot ${isCreating ? 'create' : 'open'} ${path}: ${reason}`
}

class Redirecting {
  readonly #shell: Shell
  readonly #redirection: Redirection
  readonly #saved: Saved

  constructor(shell: Shell, redirection: Redirection, saved: Saved) {
    this.#shell = shell
    this.#redirection = redirection
    this.#saved = saved
  }

  *run(): Blocking<number | undefined> {
    const { operator, target } = this.#redirection
    if (target.type === 'HereDoc') return yield* this.#hereDocument(target)
    switch (operator) {
      case '<<<':
        return this.#put(0, new InputStream(encodeText(`${yield* expandText(this.#shell, target)}\n`)))
      case '<&':
      case '>&':
        return yield* this.#duplicate(target)
      case '&>':
      case '&>>':
        return yield* this.#both(target)
      case '<<':
      case '<<-':
        throw this.#shell.unsimulated('a here-document without a body')
      default:
        return yield* this.#file(target)
    }
  }

  *#hereDocument(document: HereDocument): Blocking<number | undefined> {
    const text = yield* hereDocumentText(this.#shell, document)
    return this.#put(0, new InputStream(encodeText(text)))
  }

  *#file(target: Word): Blocking<number | undefined> {
    const path = yield* this.#path(target)
    if (path === undefined) return 1
    const { operator } = this.#redirection
    const file = openFile(this.#shell, path, this.#flags(path))
    if (file === undefined) return this.#shell.isBash ? 1 : 2
    return this.#put(operator === '<' || operator === '<>' ? 0 : 1, file)
  }

  #flags(path: string): OpenFlags {
    const { operator } = this.#redirection
    if (operator === '<') return { read: true }
    if (operator === '<>') return { read: true, write: true, create: true }
    if (operator === '>>') return { write: true, create: true, append: true }
    const isGuarded = operator === '>' && this.#shell.options.has('noclobber') && this.#isRegular(path)
    return isGuarded
      ? { write: true, create: true, exclusive: true }
      : { write: true, create: true, truncate: true }
  }

  #isRegular(path: string): boolean {
    try {
      return this.#shell.process.stat(path).type === 'file'
    } catch (error) {
      if (error instanceof KernelError) return false
      throw error
    }
  }

  *#both(target: Word): Blocking<number | undefined> {
    const path = yield* this.#path(target)
    if (path === undefined) return 1
    const isAppending = this.#redirection.operator === '&>>'
    const flags = { write: true, create: true, ...(isAppending ? { append: true } : { truncate: true }) }
    const file = openFile(this.#shell, path, flags)
    if (file === undefined) return 1
    this.#put(1, file)
    this.#move(2, file)
    return undefined
  }

  *#duplicate(target: Word): Blocking<number | undefined> {
    const word = yield* expandText(this.#shell, target)
    const isInput = this.#redirection.operator === '<&'
    if (word === '-') return this.#close(isInput ? 0 : 1)
    const [, digits, isMoving] = /^(\d+)(-?)$/.exec(word) ?? []
    if (digits === undefined) {
      if (!isInput && this.#shell.isBash && this.#redirection.fd === null) return yield* this.#both(target)
      return this.#shell.isBash
        ? this.#shell.fail(`${word}: ambiguous redirect`)
        : this.#shell.fail('Bad fd number', 'fatal')
    }
    const file = this.#shell.process.files.get(Number(digits))
    if (file === undefined) {
      this.#shell.complain(`${digits}: ${strerror('EBADF')}`)
      return this.#shell.isBash ? 1 : 2
    }
    this.#put(isInput ? 0 : 1, file)
    if (isMoving === '-') this.#shut(Number(digits))
    return undefined
  }

  /** One path: where a word gives several, bash refuses; dash does not split there. */
  *#path(target: Word): Blocking<string | undefined> {
    const plain = plainText(target)
    if (plain !== undefined) return plain
    if (!this.#shell.isBash) return yield* expandText(this.#shell, target)
    const words = yield* expandWords(this.#shell, [target])
    const [path] = words
    if (words.length === 1 && path !== undefined) return path
    const named = target.parts
      .map(part => (part.type === 'ParameterExpansion' ? `$${part.parameter}` : ''))
      .join('')
    this.#shell.complain(`${named}: ambiguous redirect`)
    return undefined
  }

  #put(standard: number, file: OpenFile): undefined {
    const { fdVariable } = this.#redirection
    if (fdVariable !== undefined) {
      const fd = this.#shell.process.install(file, undefined, FIRST_NAMED_FD)
      this.#shell.variables.assign(fdVariable, String(fd))
      return undefined
    }
    this.#move(this.#redirection.fd ?? standard, file)
    return undefined
  }

  #move(fd: number, file: OpenFile): void {
    this.#save(fd)
    this.#shell.process.install(file, fd)
  }

  #close(standard: number): undefined {
    const { fdVariable, fd } = this.#redirection
    if (fdVariable === undefined) this.#shut(fd ?? standard)
    else this.#shell.process.close(Number(this.#shell.variables.text(fdVariable)))
    return undefined
  }

  #shut(fd: number): void {
    this.#save(fd)
    if (this.#shell.process.files.has(fd)) this.#shell.process.close(fd)
  }

  #save(fd: number): void {
    const file = this.#shell.process.files.get(fd)
    file?.hold()
    this.#saved.push({ fd, file })
  }
}

import { KernelError } from '../../src/host/errno.ts'
import { Discard } from './control.ts'
import { hasWildcard, matchesPattern, unescapePattern } from './pattern.ts'
import type { Shell } from './shell.ts'

/** Pathname expansion: the files that match, sorted bytewise; else the word, or what nullglob and failglob say. */
export function expandPathname(shell: Shell, pattern: string, text: string): readonly string[] {
  const matches = [...new Set(new Globber(shell).match(pattern))].sort(byBytes)
  if (matches.length > 0) return matches
  if (shell.shopts.has('failglob')) {
    shell.complain(`no match: ${text}`)
    throw new Discard(1)
  }
  return shell.shopts.has('nullglob') ? [] : [text]
}

const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

class Globber {
  readonly #shell: Shell
  readonly #isExtended: boolean

  constructor(shell: Shell) {
    this.#shell = shell
    this.#isExtended = shell.shopts.has('extglob')
  }

  match(pattern: string): readonly string[] {
    const isAbsolute = pattern.startsWith('/')
    const components = pattern.split(/(\/+)/)
    return this.#expand(isAbsolute ? '' : '', components)
  }

  /** `components` alternate between names and runs of slashes. */
  #expand(base: string, components: readonly string[]): readonly string[] {
    const [name = '', slashes, ...rest] = components
    const isLast = slashes === undefined
    if (name === '') return isLast ? this.#existing(base) : this.#expand(base + slashes, rest)
    if (name === '**' && this.#shell.shopts.has('globstar')) return this.#globstar(base, components)
    if (!hasWildcard(name, this.#isExtended)) {
      const path = base + unescapePattern(name)
      return isLast ? this.#existing(path) : this.#expand(path + slashes, rest)
    }
    return this.#names(base)
      .filter(candidate => this.#matches(candidate, name))
      .flatMap(candidate => {
        const path = base + candidate
        if (isLast) return [path]
        return this.#isDirectory(path) ? this.#expand(path + slashes, rest) : []
      })
  }

  #globstar(base: string, components: readonly string[]): readonly string[] {
    const [, slashes, ...rest] = components
    const isLast = slashes === undefined
    const here = isLast ? this.#existing(base) : this.#expand(base, rest)
    const below = this.#names(base)
      .filter(name => !name.startsWith('.') || this.#shell.shopts.has('dotglob'))
      .flatMap(name => {
        const path = base + name
        if (!this.#isDirectory(path, false)) return isLast ? [path] : []
        const deeper = this.#globstar(`${path}/`, components)
        return isLast ? [path, ...deeper.filter(found => found !== `${path}/`)] : deeper
      })
    return [...here, ...below]
  }

  #matches(name: string, pattern: string): boolean {
    const isHidden = name.startsWith('.')
    if (isHidden && !pattern.startsWith('.') && !this.#shell.shopts.has('dotglob')) return false
    return matchesPattern(name, pattern, {
      isPath: true,
      isExtended: this.#isExtended,
      isCaseless: this.#shell.shopts.has('nocaseglob'),
    })
  }

  #existing(path: string): readonly string[] {
    if (path === '') return []
    try {
      this.#shell.process.lstat(path)
      return [path]
    } catch (error) {
      if (error instanceof KernelError) return []
      throw error
    }
  }

  #names(base: string): readonly string[] {
    try {
      const names = this.#shell.process.readdir(base === '' ? '.' : base)
      return this.#shell.isBash ? names : ['.', '..', ...names]
    } catch (error) {
      if (error instanceof KernelError) return []
      throw error
    }
  }

  #isDirectory(path: string, isFollowing = true): boolean {
    const { process } = this.#shell
    try {
      return (isFollowing ? process.stat(path) : process.lstat(path)).type === 'directory'
    } catch (error) {
      if (error instanceof KernelError) return false
      throw error
    }
  }
}

import type { Process } from '../process.ts'
import { ADMIN_DIRECTORY } from './database.ts'

const DIRECTORY = `${ADMIN_DIRECTORY}/triggers`

/** Which packages look after which triggers, and which are still to do so: deb-triggers(5). */
export class Triggers {
  readonly #process: Process
  /** Names of triggers by the package that has to process them, in the order in which they came. */
  readonly #pending = new Map<string, string[]>()

  constructor(process: Process) {
    this.#process = process
  }

  /** A directive `activate NAME` of a package, whose `triggers` file this is. */
  activateOf(control: string): void {
    for (const [directive, name] of directivesOf(control))
      if (directive.startsWith('activate')) this.activate(name)
  }

  /** `interest NAME` of a package that comes or goes. */
  setInterests(packageName: string, control: string, isThere: boolean): void {
    for (const [directive, name] of directivesOf(control)) {
      if (!directive.startsWith('interest')) continue
      const entry = directive.endsWith('-noawait') ? `${packageName}/noawait` : packageName
      const path = name.startsWith('/') ? `${DIRECTORY}/File` : `${DIRECTORY}/${name}`
      const line = name.startsWith('/') ? `${name} ${entry}` : entry
      const lines = this.#lines(path).filter(other => other !== line)
      if (isThere) lines.push(line)
      if (lines.length === 0) {
        if (this.#process.exists(path)) this.#process.unlink(path)
      } else this.#process.writeFile(path, lines.map(text => `${text}\n`).join(''))
    }
  }

  /** A trigger by its name. */
  activate(name: string): void {
    for (const entry of this.#lines(`${DIRECTORY}/${name}`)) this.#add(entry, name)
  }

  /** A path was unpacked or removed. */
  touched(path: string): void {
    for (const line of this.#lines(`${DIRECTORY}/File`)) {
      const [prefix = '', entry = ''] = line.split(' ')
      if (path === prefix || path.startsWith(`${prefix}/`)) this.#add(entry, prefix)
    }
  }

  /** What is to be done, which then is nobody's any more. */
  take(): readonly (readonly [packageName: string, names: readonly string[]])[] {
    const pending = [...this.#pending]
    this.#pending.clear()
    return pending
  }

  #add(entry: string, name: string): void {
    const packageName = entry.replace(/\/noawait$/, '')
    const names = this.#pending.get(packageName) ?? []
    if (!names.includes(name)) names.push(name)
    this.#pending.set(packageName, names)
  }

  #lines(path: string): string[] {
    if (!this.#process.exists(path)) return []
    return this.#process
      .readText(path)
      .split('\n')
      .filter(line => line !== '')
  }
}

function directivesOf(control: string): readonly (readonly [string, string])[] {
  return control
    .split('\n')
    .map(line => line.replace(/#.*/, '').trim().split(/\s+/))
    .flatMap(([directive, name]) => (directive && name ? [[directive, name] as const] : []))
}

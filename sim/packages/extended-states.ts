import type { Process } from '../process.ts'
import { parseStanzas } from './stanza.ts'

const PATH = '/var/lib/apt/extended_states'

/** Which packages were installed because others needed them: apt's extended_states. */
export class ExtendedStates {
  readonly #process: Process
  readonly #automatic: Map<string, string>

  constructor(process: Process) {
    this.#process = process
    const stanzas = process.exists(PATH) ? parseStanzas(process.readText(PATH)) : []
    this.#automatic = new Map(
      stanzas
        .filter(stanza => stanza.get('Auto-Installed') === '1')
        .map(stanza => [stanza.get('Package') ?? '', stanza.get('Architecture') ?? '']),
    )
  }

  isAutomatic(name: string): boolean {
    return this.#automatic.has(name)
  }

  /** Marks a package one way or the other; `save` writes it. */
  mark(name: string, isAutomatic: boolean, architecture = 'amd64'): void {
    if (isAutomatic) this.#automatic.set(name, architecture)
    else this.#automatic.delete(name)
  }

  save(): void {
    const text = [...this.#automatic]
      .map(([name, architecture]) => `Package: ${name}\nArchitecture: ${architecture}\nAuto-Installed: 1\n\n`)
      .join('')
    this.#process.writeFile(PATH, text, { mode: 0o644 })
  }
}

import { readFile } from 'node:fs/promises'
import { OperatorError } from './exit-status.ts'
import type { Terminal } from './terminal.ts'

/** The script of a file, or of standard input for `-`. */
export async function readScript(path: string, terminal: Terminal): Promise<Uint8Array> {
  if (path === '-') return terminal.readStdin()
  try {
    return await readFile(path)
  } catch (error) {
    throw new OperatorError(
      `${path}: the script cannot be read (${error instanceof Error ? error.message : String(error)})`,
    )
  }
}

/** The program that a script's first line names, with its words; bash without one. */
export function interpreterOf(script: Uint8Array): readonly [program: string, ...words: string[]] {
  const firstLine = new TextDecoder().decode(script.subarray(0, 256)).split('\n')[0] ?? ''
  const interpreter = /^#!\s*(?:\S*\/env\s+(?:-S\s*)?)?(\S+)(.*)$/.exec(firstLine)
  const [program = 'bash', words = ''] = interpreter?.slice(1) ?? []
  return [program, ...words.split(/\s+/).filter(word => word !== '')]
}

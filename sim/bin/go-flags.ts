import { Unsimulated } from '../../src/host/host.ts'

/** What stands before the first argument that is no option, as Go's flag package reads it. */
export interface ParsedFlags {
  readonly values: ReadonlyMap<string, string>
  readonly rest: readonly string[]
}

/** The options of a command: names with what they are called by, and whether they take a value. */
export interface FlagTable {
  readonly [spelling: string]: { readonly name: string; readonly hasValue?: true }
}

/**
 * `flag.FlagSet.Parse`: `-x`, `--x`, `-x=v`, `-x v`; the first other argument or `--` ends it. What the program
 * answers to an option that it does not know, with its usage, is not modelled.
 */
export function parseFlags(program: string, args: readonly string[], table: FlagTable): ParsedFlags {
  const values = new Map<string, string>()
  let at = 0
  for (; at < args.length; at++) {
    const argument = args[at] ?? ''
    if (argument === '--') {
      at++
      break
    }
    if (!argument.startsWith('-') || argument === '-') break
    const [, spelling = '', value] = /^--?([^=]*)(?:=(.*))?$/s.exec(argument) ?? []
    const flag = Object.hasOwn(table, spelling) ? table[spelling] : undefined
    if (flag === undefined) throw new Unsimulated(program, argument)
    if (!flag.hasValue) values.set(flag.name, value ?? 'true')
    else if (value !== undefined) values.set(flag.name, value)
    else if (at + 1 < args.length) values.set(flag.name, args[++at] ?? '')
    else throw new Unsimulated(program, `${argument} without a value`)
  }
  return { values, rest: args.slice(at) }
}

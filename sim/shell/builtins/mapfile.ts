import { decodeText } from '../../../src/host/surrogate-escape.ts'
import { indexedOf, isName } from '../variables.ts'
import { type Builtin, failure, invalidOption, parseLetters } from './builtin.ts'

/** `mapfile` and `readarray`. */
export const mapfile: Builtin = {
  *run(shell, argv) {
    const name = argv[0] ?? 'mapfile'
    const { letters, values, operands, invalid } = parseLetters(argv.slice(1), 'td:n:O:s:u:C:c:')
    if (invalid !== undefined)
      return invalidOption(
        shell,
        name,
        invalid,
        `${name} [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]`,
      )
    if (letters.has('C')) throw shell.unsimulated('mapfile -C')
    const array = operands[0] ?? 'MAPFILE'
    if (!isName(array)) return failure(shell, name, `\`${array}': not a valid identifier`)
    const delimiter = values.has('d') ? (values.get('d') ?? '').slice(0, 1) || '\0' : '\n'
    const text = decodeText(yield* shell.process.readToEnd(Number(values.get('u') ?? 0)))
    const lines = text.split(delimiter)
    const last = lines.pop()
    const whole = lines.map(line => (letters.has('t') ? line : line + delimiter))
    if (last !== undefined && last !== '') whole.push(last)
    const count = Number(values.get('n') ?? 0)
    const skip = Number(values.get('s') ?? 0)
    const wanted = whole.slice(skip, count === 0 ? undefined : skip + count)
    const origin = Number(values.get('O') ?? 0)
    const old = values.has('O') ? indexedOf(shell.variables.get(array)?.value) : new Map<number, string>()
    const elements = new Map([...old, ...wanted.map((line, index) => [origin + index, line] as const)])
    shell.variables.set(array, { isArray: 'indexed', value: elements })
    return 0
  },
}

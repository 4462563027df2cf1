import type { Blocking } from '../../scheduler.ts'
import { assignArray } from '../assignment.ts'
import { assignElement, failReadonly } from '../expand.ts'
import { describeFunction } from '../function-text.ts'
import { declarationOf } from '../parameter.ts'
import { quoteForDash, quoteForTrace } from '../quote.ts'
import type { Shell } from '../shell.ts'
import { trace } from '../trace.ts'
import { type Attributes, isName, ReadonlyVariable, scalarOf, type Variable } from '../variables.ts'
import { type Builtin, type BuiltinOptions, failure, invalidOption } from './builtin.ts'

const DECLARE_USAGE = 'declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]'

/** `declare` and `typeset`. */
export const declare: Builtin = {
  *run(shell, argv, options) {
    const parsed = parse(argv)
    const bad = [...parsed.on, ...parsed.off].find(letter => !'aAfFgilnprux'.includes(letter))
    if (bad !== undefined) return invalidOption(shell, argv[0] ?? 'declare', `-${bad}`, DECLARE_USAGE)
    if (parsed.on.has('f') || parsed.on.has('F')) return listFunctions(shell, parsed)
    if (parsed.on.has('p') || parsed.operands.length === 0) return print(shell, argv[0] ?? 'declare', parsed)
    const isLocal = shell.variables.isInFunction && !parsed.on.has('g')
    return yield* declareAll(shell, { name: argv[0] ?? 'declare', parsed, isLocal, options })
  },
}

/** `local`. */
export const local: Builtin = {
  *run(shell, argv, options) {
    if (!shell.variables.isInFunction) {
      if (shell.isBash) return failure(shell, 'local', 'can only be used in a function')
      return shell.fail('not in a function', 'special')
    }
    const parsed = shell.isBash
      ? parse(argv)
      : { on: new Set<string>(), off: new Set<string>(), operands: argv.slice(1) }
    if (parsed.operands[0] === '-') throw shell.unsimulated('local -')
    return yield* declareAll(shell, { name: 'local', parsed, isLocal: true, options })
  },
}

/** `export`. */
export const exportBuiltin: Builtin = {
  *run(shell, argv, options) {
    const parsed = parse(argv)
    const bad = [...parsed.on].find(letter => !(shell.isBash ? 'fnp' : 'p').includes(letter))
    if (bad !== undefined)
      return invalidOption(shell, 'export', `-${bad}`, 'export [-fn] [name[=value] ...] or export -p')
    if (parsed.on.has('f')) throw shell.unsimulated('export -f')
    if (parsed.operands.length === 0) return listAttribute(shell, 'isExported', 'export')
    if (parsed.on.has('n')) return unexport(shell, parsed.operands)
    return yield* declareAll(shell, {
      name: 'export',
      parsed: { ...parsed, on: new Set(['x']) },
      isLocal: false,
      options,
    })
  },
}

/** `readonly`. */
export const readonlyBuiltin: Builtin = {
  *run(shell, argv, options) {
    const parsed = parse(argv)
    const bad = [...parsed.on].find(letter => !(shell.isBash ? 'aAfp' : 'p').includes(letter))
    if (bad !== undefined)
      return invalidOption(shell, 'readonly', `-${bad}`, 'readonly [-aAf] [name[=value] ...] or readonly -p')
    if (parsed.on.has('f')) throw shell.unsimulated('readonly -f')
    if (parsed.operands.length === 0) return listAttribute(shell, 'isReadonly', 'readonly')
    return yield* declareAll(shell, {
      name: 'readonly',
      parsed: { ...parsed, on: new Set([...parsed.on, 'r']) },
      isLocal: false,
      options,
    })
  },
}

interface Parsed {
  readonly on: ReadonlySet<string>
  readonly off: ReadonlySet<string>
  readonly operands: readonly string[]
}

function parse(argv: readonly string[]): Parsed {
  const on = new Set<string>()
  const off = new Set<string>()
  const rest = argv.slice(1)
  for (let word = rest[0]; word !== undefined && /^[-+]./.test(word); word = rest[0]) {
    rest.shift()
    if (word === '--') break
    for (const letter of word.slice(1)) (word.startsWith('-') ? on : off).add(letter)
  }
  return { on, off, operands: rest }
}

interface Declaration {
  readonly name: string
  readonly parsed: Parsed
  readonly isLocal: boolean
  readonly options: BuiltinOptions
}

function* declareAll(shell: Shell, declaration: Declaration): Blocking<number> {
  let status = 0
  for (const operand of declaration.parsed.operands) {
    const [, name = '', subscript, operator, value = ''] =
      /^([^=+[]*)(?:\[([^\]]*)\])?(?:(\+?=)([\s\S]*))?$/.exec(operand) ?? []
    if (!isName(name)) {
      if (!shell.isBash) return shell.fail(`${operand.split('=')[0]}: bad variable name`, 'special')
      status = failure(shell, declaration.name, `\`${operand}': not a valid identifier`)
      continue
    }
    const text = operator === undefined ? undefined : value
    yield* declareOne(shell, declaration, { name, subscript, text, isAppending: operator === '+=' })
  }
  return status
}

interface Operand {
  readonly name: string
  readonly subscript: string | undefined
  readonly text: string | undefined
  readonly isAppending: boolean
}

function* declareOne(shell: Shell, declaration: Declaration, operand: Operand): Blocking<void> {
  const { parsed, options, isLocal } = declaration
  const { name } = operand
  const { variables } = shell
  try {
    const kind = parsed.on.has('A') ? 'associative' : parsed.on.has('a') ? 'indexed' : undefined
    const old = isLocal && !variables.isLocal(name) ? undefined : variables.getOwn(name)
    const attributes = withLetters(old ?? { value: undefined }, parsed)
    const { isReadonly, ...rest } = attributes
    const isNowReadonly = isReadonly && !old?.isReadonly
    const declared: Variable = {
      ...rest,
      ...(kind === undefined ? {} : { isArray: kind }),
      ...(old?.isReadonly ? { isReadonly: true } : {}),
    }
    if (old === undefined || !sameVariable(old, declared)) {
      if (isLocal) variables.setLocal(name, declared)
      else if (parsed.on.has('g')) variables.setGlobal(name, declared)
      else if (parsed.on.has('n') || old !== undefined) variables.set(name, declared)
      else variables.set(name, declared)
    }
    const words = options.arrays.get(name)
    if (words !== undefined)
      yield* assignArray(shell, { name, isAppending: operand.isAppending, kind }, words)
    else if (operand.text !== undefined) {
      const isTold = declaration.name === 'export' || declaration.name === 'readonly'
      if (isTold && shell.isBash && shell.options.has('xtrace'))
        trace(shell, `${name}=${quoteForTrace(operand.text)}`)
      yield* assignElement(shell, operand, operand.text)
    }
    const current = variables.get(name)
    if (isNowReadonly && current !== undefined) variables.set(name, { ...current, isReadonly: true })
  } catch (error) {
    if (!(error instanceof ReadonlyVariable)) throw error
    failReadonly(shell, error.variable)
  }
}

const sameVariable = (a: Variable, b: Variable): boolean =>
  JSON.stringify({ ...a, value: 0 }) === JSON.stringify({ ...b, value: 0 })

function withLetters(variable: Variable, { on, off }: Parsed): Variable {
  const flag = (letter: string, key: keyof Attributes): Partial<Attributes> =>
    on.has(letter) ? { [key]: true } : off.has(letter) ? { [key]: false } : {}
  return {
    ...variable,
    ...flag('x', 'isExported'),
    ...flag('r', 'isReadonly'),
    ...flag('i', 'isInteger'),
    ...flag('n', 'isNameref'),
    ...(on.has('u') ? { letters: 'upper' as const } : on.has('l') ? { letters: 'lower' as const } : {}),
  }
}

function print(shell: Shell, name: string, { on, operands }: Parsed): number {
  const names = operands.length > 0 ? operands : shell.variables.names
  if (operands.length === 0 && !on.has('p')) throw shell.unsimulated(`${name} without operands`)
  let status = 0
  for (const wanted of names) {
    const variable = shell.variables.getOwn(wanted)
    if (variable === undefined) status = failure(shell, name, `${wanted}: not found`)
    else shell.process.print(`${declarationOf(wanted, variable)}\n`)
  }
  return status
}

function listFunctions(shell: Shell, { on, operands }: Parsed): number {
  const names = operands.length > 0 ? operands : [...shell.functions.keys()].sort()
  let status = 0
  for (const name of names) {
    const found = shell.functions.get(name)
    if (found === undefined) status = 1
    else if (on.has('F')) shell.process.print(operands.length > 0 ? `${name}\n` : `declare -f ${name}\n`)
    else shell.process.print(describeFunction(shell, name, found))
  }
  return status
}

function unexport(shell: Shell, names: readonly string[]): number {
  for (const name of names) {
    const variable = shell.variables.get(name)
    if (variable !== undefined) shell.variables.set(name, { ...variable, isExported: false })
  }
  return 0
}

function listAttribute(shell: Shell, attribute: 'isExported' | 'isReadonly', word: string): number {
  for (const name of shell.variables.names) {
    const variable = shell.variables.getOwn(name)
    if (!variable?.[attribute]) continue
    const text = scalarOf(variable.value)
    if (shell.isBash) shell.process.print(`${declarationOf(name, variable)}\n`)
    else
      shell.process.print(
        text === undefined ? `${word} ${name}\n` : `${word} ${name}=${quoteForDash(text)}\n`,
      )
  }
  return 0
}

import type { Machine } from '../machine.ts'
import { Process } from '../process.ts'
import { UNARY_OPERATORS } from '../shell/conditional.ts'
import { scratchShell } from '../shell/main.ts'
import { TRANSFORMATIONS } from '../shell/parameter.ts'
import type { Shell } from '../shell/shell.ts'
import {
  type ConditionalExpression,
  type Dialect,
  lineOf,
  type ParameterExpansion,
  parseUnits,
  type SimpleCommand,
  type SyntaxFault,
} from '../shell/syntax.ts'
import { commandFindings } from './command.ts'
import type { Finding } from './finding.ts'
import { type KnownVariables, staticWord } from './static-word.ts'
import { knownVariables } from './variables.ts'

/**
 * What of a script the simulator models, command by command in the order of the text, without running it. What depends
 * on values (which file is read, which key is set, which unit is started) is not looked at.
 */
export function covers(machine: Machine, script: string, dialect: Dialect = 'bash'): readonly Finding[] {
  const copy = machine.fork()
  const process = new Process(copy, {
    argv: ['sh'],
    env: copy.rootEnvironment,
    cwd: '/',
    credentials: copy.rootCredentials,
    files: new Map(),
  })
  return new Reading(process, { dialect, functions: new Set(), lineOffset: 0 }).read(script)
}

interface Scope {
  readonly dialect: Dialect
  /** Names of functions that are defined anywhere. */
  readonly functions: Set<string>
  readonly lineOffset: number
}

/** A text on its way: that of the script, or of a piece of it that is a script itself (`bash -c`, `trap`). */
class Reading {
  readonly #process: Process
  readonly #scope: Scope
  readonly #shell: Shell
  readonly #findings: Finding[] = []
  #variables: KnownVariables = new Map()
  #line = 1
  #lineOffset: number

  constructor(process: Process, scope: Scope) {
    this.#process = process
    this.#scope = scope
    this.#shell = scratchShell(process, scope.dialect)
    this.#lineOffset = scope.lineOffset
  }

  read(text: string): readonly Finding[] {
    const units = parseUnits(text, this.#scope.dialect)
    const nodes = units.flatMap(({ statements }) => statements.flatMap(statement => [...nodesIn(statement)]))
    for (const node of nodes)
      if ('type' in node && node.type === 'FunctionDef' && 'name' in node)
        this.#scope.functions.add(String(node.name))
    this.#variables = knownVariables(nodes)
    for (const { statements, fault } of units) {
      for (const statement of statements) this.#visit(statement)
      if (fault !== undefined) this.#fault(fault)
    }
    return this.#findings
  }

  #visit(node: object): void {
    const type = 'type' in node ? node.type : undefined
    const isSubstitution = type === 'CommandSubstitution' || type === 'ProcessSubstitution'
    if (type === 'SimpleCommand' || 'redirections' in node) this.#moveTo(node)
    if (type === 'SimpleCommand') this.#command(node as SimpleCommand)
    if (type === 'ParameterExpansion') this.#parameter(node as ParameterExpansion)
    if (type === 'CondUnary') this.#conditional(node as Unary)
    if (type === 'ArithCommandSubst' && 'command' in node) this.#within(String(node.command))
    if (isSubstitution) this.#substitution(node)
    else this.#children(node)
  }

  #moveTo(node: object): void {
    const line = lineOf(node)
    if (line > 0) this.#line = line + this.#lineOffset
  }

  #children(node: object): void {
    for (const child of Object.values(node))
      if (typeof child === 'object' && child !== null) this.#visit(child)
  }

  /** Its lines are counted from the one that it stands on. */
  #substitution(node: object): void {
    const [line, lineOffset] = [this.#line, this.#lineOffset]
    this.#lineOffset = line - 1
    this.#children(node)
    this.#line = line
    this.#lineOffset = lineOffset
  }

  #command({ name, args }: SimpleCommand): void {
    if (name === null) return
    const words = [name, ...args].map(word => staticWord(word, this.#variables))
    const found = commandFindings(words, {
      process: this.#process,
      shell: this.#shell,
      functions: this.#scope.functions,
      variables: this.#variables,
    })
    for (const one of found)
      if ('script' in one) this.#within(one.script, one.dialect)
      else this.#findings.push({ line: this.#line, ...one })
  }

  /** A text that is a script itself. */
  #within(text: string, dialect: Dialect = this.#scope.dialect): void {
    const scope = { ...this.#scope, dialect, lineOffset: this.#line - 1 }
    this.#findings.push(...new Reading(this.#process, scope).read(text))
  }

  #parameter({ parameter, operation }: ParameterExpansion): void {
    if (operation?.type === 'Transform' && !TRANSFORMATIONS.includes(operation.operator))
      this.#construct(`\${${parameter}@${operation.operator}}`)
  }

  #conditional({ operator }: Unary): void {
    if (!UNARY_OPERATORS.includes(operator)) this.#construct(`[[ ${operator} … ]]`)
  }

  #construct(name: string): void {
    const reason = 'the construct is not modelled'
    this.#findings.push({ line: this.#line, kind: 'construct', name, verdict: 'unmodelled', reason })
  }

  #fault({ kind, token, line }: SyntaxFault): void {
    this.#line = line + this.#lineOffset
    if (kind === 'unsimulated') {
      this.#construct(token)
      const [name, reason] = ['the rest', 'what follows cannot be read']
      this.#findings.push({ line: this.#line, kind: 'construct', name, verdict: 'unknown', reason })
    } else {
      const name = kind === 'bad-substitution' ? token : 'syntax error'
      const reason = `the shell refuses it${token === '' ? '' : ` at ${token}`}`
      this.#findings.push({ line: this.#line, kind: 'construct', name, verdict: 'refused', reason })
    }
  }
}

type Unary = Extract<ConditionalExpression, { type: 'CondUnary' }>

/** All nodes below one, that one first. */
function* nodesIn(node: object): Generator<object> {
  yield node
  for (const child of Object.values(node))
    if (typeof child === 'object' && child !== null) yield* nodesIn(child)
}

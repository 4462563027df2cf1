import { plainText } from '../shell/expand.ts'
import type { Assignment, Command, SimpleCommand, Word } from '../shell/syntax.ts'
import { type KnownVariables, staticWord } from './static-word.ts'

/** Commands that give variables values which the script does not hold, or that may. */
const SETTERS = ['read', 'mapfile', 'readarray', 'getopts', 'printf', 'unset', 'let']
const UNBOUNDED = ['eval', 'source', '.']

/** The texts that variables of a script can have: only those that are set in it, each time to what stands there. */
export function knownVariables(nodes: Iterable<object>): KnownVariables {
  const texts = new Map<string, string[]>()
  const open = new Set<string>()
  for (const node of nodes) {
    if (!('type' in node)) continue
    if (node.type === 'For') readLoop(node as Extract<Command, { type: 'For' }>, texts, open)
    if (node.type !== 'SimpleCommand') continue
    const command = node as SimpleCommand
    const name = command.name === null ? undefined : plainText(command.name)
    if (name !== undefined && UNBOUNDED.includes(name)) return new Map()
    // Words of declare and its kin are assignments too, and are left out.
    if (name !== undefined && SETTERS.includes(name)) for (const word of command.args) forget(word, open)
    if (name !== undefined && DECLARING.includes(name)) for (const word of command.args) forget(word, open)
    for (const assignment of command.assignments) readAssignment(assignment, texts, open)
  }
  for (const name of open) texts.delete(name)
  return texts
}

const DECLARING = ['declare', 'typeset', 'local', 'export', 'readonly']

function readLoop(
  { variable, words }: Extract<Command, { type: 'For' }>,
  texts: Map<string, string[]>,
  open: Set<string>,
): void {
  const items = (words ?? []).map(word => staticWord(word))
  if (words === null || items.some(item => !item.isExact)) open.add(variable)
  texts.set(variable, [...(texts.get(variable) ?? []), ...items.map(item => item.text)])
}

function readAssignment(assignment: Assignment, texts: Map<string, string[]>, open: Set<string>): void {
  const { name, value, append, array } = assignment
  const word = value === null ? undefined : staticWord(value)
  if (append || array !== null || word?.isExact === false) open.add(name.replace(/\[.*/, ''))
  texts.set(name, [...(texts.get(name) ?? []), word?.text ?? ''])
}

function forget(word: Word, open: Set<string>): void {
  const { text } = staticWord(word)
  open.add(text.replace(/[=[+].*/s, ''))
}

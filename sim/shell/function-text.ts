import type { Shell, ShellFunction } from './shell.ts'
import type { Statement } from './syntax.ts'

/** A function as `type` and `declare -f` print it; only bodies of simple commands, one a line, are known. */
export function describeFunction(shell: Shell, name: string, { definition }: ShellFunction): string {
  const { body } = definition
  if (body.type !== 'Group') throw shell.unsimulated(`the text of the function ${name}`)
  const lines = body.body.map(statement => statementText(shell, name, statement))
  return `${name} () \n{ \n${lines.map(line => `    ${line}`).join(';\n')}\n}\n`
}

function statementText(shell: Shell, name: string, { sourceText, pipelines }: Statement): string {
  const isPlain = pipelines.every(pipeline =>
    pipeline.commands.every(command => command.type === 'SimpleCommand'),
  )
  if (!isPlain || sourceText === undefined || /[\n<>&]|\s{2}/.test(sourceText))
    throw shell.unsimulated(`the text of the function ${name}`)
  return sourceText
}

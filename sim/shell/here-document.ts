import type { Blocking } from '../scheduler.ts'
import { expandText } from './expand.ts'
import type { Shell } from './shell.ts'
import { countNewlines, type HereDocument, type Word, type WordPart } from './syntax.ts'

/** The text of a here-document: expanded unless its delimiter was quoted, `<<-` without the tabs before its lines. */
export function* hereDocumentText(shell: Shell, document: HereDocument): Blocking<string> {
  const content = document.stripTabs ? withoutTabs(document.content) : document.content
  if (document.terminated === false && shell.isBash) warnOfEnd(shell, document)
  return yield* expandText(shell, content, 'quoted')
}

function warnOfEnd(shell: Shell, document: HereDocument): void {
  const { line } = shell
  const lines = document.content.parts.map(part => (part.type === 'Literal' ? countNewlines(part.value) : 0))
  shell.line += lines.reduce((sum, count) => sum + count, 0)
  shell.complain(
    `warning: here-document at line ${line} delimited by end-of-file (wanted \`${document.delimiter}')`,
  )
  shell.line = line
}

const stripped = new WeakMap<Word, Word>()

function withoutTabs(word: Word): Word {
  const known = stripped.get(word)
  if (known !== undefined) return known
  const parts = word.parts.map((part, index): WordPart => {
    if (part.type !== 'Literal') return part
    return { ...part, value: part.value.replace(index === 0 ? /^\t+|(?<=\n)\t+/g : /(?<=\n)\t+/g, '') }
  })
  const result = { ...word, parts }
  stripped.set(word, result)
  return result
}

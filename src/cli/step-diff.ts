import { structuredPatch } from 'diff'
import type { FileDiff } from '../engine/phase.ts'
import type { Style } from './terminal.ts'

/** What a step would change in a file, as lines. */
export type StepDiff = (diff: FileDiff, style: Style) => readonly string[]

/** A unified diff without its header, indented below the step; a place in a file that is there is named. */
export const diffLines: StepDiff = ({ path, before, after }, style) => {
  const { hunks } = structuredPatch(path, path, before ?? '', after, '', '', { context: 2 })
  return hunks.flatMap(hunk => [
    ...(before === undefined ? [] : [`        ${style.cyan(`@@ line ${hunk.oldStart} @@`)}`]),
    ...hunk.lines.map(line => `        ${colored(line, style)}`),
  ])
}

function colored(line: string, style: Style): string {
  if (line.startsWith('+')) return style.green(line)
  return line.startsWith('-') ? style.red(line) : style.dim(line)
}

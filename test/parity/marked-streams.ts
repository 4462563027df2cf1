type Stream = 'out' | 'err'

/** A stream in a recording, each line with its name: `out| text`, and `out~ text` where the last has no line end. */
export function mark(text: string, stream: Stream): string {
  const lines = text.split('\n')
  const last = lines.pop()
  const marked = lines.map(line => `${stream}| ${line}\n`)
  return marked.join('') + (last === '' ? '' : `${stream}~ ${last}\n`)
}

/** The stream that `mark` wrote, among lines of others. */
export const unmark = (lines: readonly string[], stream: Stream): string =>
  lines
    .map(line =>
      line.startsWith(`${stream}| `)
        ? `${line.slice(5)}\n`
        : line.startsWith(`${stream}~ `)
          ? line.slice(5)
          : '',
    )
    .join('')

/** What was measured of one thing, as often as `n` says. */
export interface Figure {
  readonly name: string
  readonly unit: 'µs' | 'ms' | 's' | 'KB' | 'MB' | 'round trips' | '×'
  readonly n: number
  readonly median: number
  readonly min: number
  readonly max: number
}

/** The median, the least and the most of some samples. */
export function figure(name: string, unit: Figure['unit'], samples: readonly number[]): Figure {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (index: number): number => sorted[index] ?? Number.NaN
  const middle = (sorted.length - 1) / 2
  const median = (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2
  return { name, unit, n: sorted.length, median, min: at(0), max: at(sorted.length - 1) }
}

/** How many times longer than the other, round by round: what slowed the machine down in a round slowed both. */
export const ratio = (name: string, samples: readonly number[], others: readonly number[]): Figure =>
  figure(
    name,
    '×',
    samples.map((sample, round) => sample / (others[round] ?? Number.NaN)),
  )

/** How long some work took, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** How long each of `n` runs took. */
export async function times(n: number, work: () => Promise<unknown>): Promise<number[]> {
  const samples: number[] = []
  for (let i = 0; i < n; i++) samples.push(await timed(work))
  return samples
}

const line = (name: string, ...cells: readonly string[]): string =>
  `${name.padEnd(58)}${cells.map(cell => cell.padStart(10)).join('')}`

export const HEADING = line('', 'n', 'median', 'min', 'max')

const DIGITS: Readonly<Record<Figure['unit'], number>> = {
  µs: 2,
  ms: 2,
  s: 1,
  KB: 2,
  MB: 0,
  'round trips': 0,
  '×': 2,
}

const cellsOf = ({ unit, median, min, max }: Figure): readonly string[] =>
  [median, min, max].map(value => value.toFixed(DIGITS[unit]))

/** A figure as a line of the table. */
export const lineOf = (measured: Figure): string =>
  `${line(measured.name, String(measured.n), ...cellsOf(measured))} ${measured.unit}`

/** All figures as a table of Markdown. */
export function markdownOf(figures: readonly Figure[]): string {
  const rows = figures.map(measured =>
    [measured.name.replaceAll('|', '\\|'), measured.unit, String(measured.n), ...cellsOf(measured)].join(
      ' | ',
    ),
  )
  return [
    '| what | unit | n | median | min | max |',
    '| --- | --- | --: | --: | --: | --: |',
    ...rows.map(row => `| ${row} |`),
  ].join('\n')
}

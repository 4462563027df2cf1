/** A column of a table as libsmartcols prints them. */
export interface Column {
  readonly name: string
  readonly isRight?: boolean
}

/** Columns as wide as their widest cell, the last one unpadded; a header that is not shown counts where the release has it so. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: { readonly hasHeader: boolean; readonly isHiddenHeaderWide?: boolean },
): string {
  const header = columns.map(({ name }) => name)
  const isWide = options.hasHeader || options.isHiddenHeaderWide !== false
  const widths = header.map((name, at) =>
    Math.max(isWide ? name.length : 0, ...rows.map(row => row[at]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => {
        if (columns[at]?.isRight) return cell.padStart(widths[at] ?? 0)
        return at === cells.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)
      })
      .join(' ')
  return [...(options.hasHeader ? [header] : []), ...rows].map(cells => `${line(cells)}\n`).join('')
}

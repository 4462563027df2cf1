/**
 * JSON that a person can read and diff: members and elements of the first `depth` levels stand on a line each, what is
 * deeper on the line of its parent.
 */
export function layOut(value: unknown, depth: number, indent = ''): string {
  if (depth === 0 || typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = `${indent} `
  const parts = Array.isArray(value)
    ? value.map(element => layOut(element, depth - 1, inner))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([key, member]) => `${JSON.stringify(key)}: ${layOut(member, depth - 1, inner)}`)
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  if (parts.length === 0) return open + close
  return `${open}\n${parts.map(part => inner + part).join(',\n')}\n${indent}${close}`
}

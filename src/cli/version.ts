import { readFile } from 'node:fs/promises'

/** The package's own version: its description is two levels up from here in the sources and three in what is built. */
export async function version(): Promise<string> {
  for (const path of ['../../package.json', '../../../package.json']) {
    const text = await readFile(new URL(path, import.meta.url), 'utf8').catch(() => undefined)
    const parsed: unknown = text === undefined ? undefined : JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && 'version' in parsed) return String(parsed.version)
  }
  return 'unknown'
}

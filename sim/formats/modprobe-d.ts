/** What modprobe.d(5) says, all files together, names with underscores. */
export interface ModprobeConfig {
  readonly blacklist: ReadonlySet<string>
  readonly aliases: readonly { readonly pattern: string; readonly module: string }[]
  readonly options: ReadonlyMap<string, readonly string[]>
  readonly install: ReadonlyMap<string, string>
  readonly remove: ReadonlyMap<string, string>
  readonly softdeps: ReadonlyMap<string, Softdep>
}

export interface Softdep {
  readonly pre: readonly string[]
  readonly post: readonly string[]
}

/** Module names are compared with underscores: a dash in a name is the same module. */
export const moduleName = (name: string): string => name.replaceAll('-', '_')

let last: { readonly texts: readonly string[]; readonly config: ModprobeConfig } | undefined

/** The files' texts in the order in which kmod reads them; a later line of a kind adds to the earlier ones. */
export function parseModprobeConfig(texts: readonly string[]): ModprobeConfig {
  // Every program of kmod reads them all, and they hardly ever change.
  if (last?.texts.length === texts.length && last.texts.every((text, at) => text === texts[at]))
    return last.config
  const config = parse(texts)
  last = { texts, config }
  return config
}

function parse(texts: readonly string[]): ModprobeConfig {
  const config = {
    blacklist: new Set<string>(),
    aliases: [] as { pattern: string; module: string }[],
    options: new Map<string, readonly string[]>(),
    install: new Map<string, string>(),
    remove: new Map<string, string>(),
    softdeps: new Map<string, Softdep>(),
  }
  for (const line of texts.flatMap(logicalLines)) {
    const [command = '', first = '', ...rest] = line.split(/[ \t]+/)
    const name = moduleName(first)
    if (first === '') continue
    if (command === 'blacklist') config.blacklist.add(name)
    else if (command === 'alias' && rest[0] !== undefined)
      config.aliases.push({ pattern: name, module: moduleName(rest[0]) })
    else if (command === 'options')
      config.options.set(name, [...(config.options.get(name) ?? []), rest.join(' ')])
    else if (command === 'install' && !config.install.has(name)) config.install.set(name, rest.join(' '))
    else if (command === 'remove' && !config.remove.has(name)) config.remove.set(name, rest.join(' '))
    else if (command === 'softdep') config.softdeps.set(name, parseSoftdep(rest))
  }
  return config
}

/** `pre: a b post: c`, as modprobe.d and modules.softdep have it. */
export function parseSoftdep(words: readonly string[]): Softdep {
  const softdep = { pre: [] as string[], post: [] as string[] }
  let into: string[] | undefined
  for (const word of words) {
    if (word === 'pre:') into = softdep.pre
    else if (word === 'post:') into = softdep.post
    else if (word !== '') into?.push(moduleName(word))
  }
  return softdep
}

/** Lines without comments; a backslash at the end goes on with the next. */
function logicalLines(text: string): readonly string[] {
  return text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
}

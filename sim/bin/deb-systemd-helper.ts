import { Unsimulated } from '../../src/host/host.ts'
import { fnmatch } from '../formats/fnmatch.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { lstatIfThere } from './coreutils.ts'
import { program } from './getopt.ts'

/** Which unit files it looks after, and where it keeps what it knows of them. */
interface Scope {
  readonly process: Process
  /** `system` or `user`: the instance of systemd. */
  readonly instance: string
  readonly enabledDirectory: string
  readonly maskedDirectory: string
  readonly isPurging: boolean
}

const STATE = '/var/lib/systemd/deb-systemd'

/** deb-systemd-helper(1p) of init-system-helpers: what maintainer scripts enable, disable, mask and forget units with. */
export const debSystemdHelper = program(
  { options: ['quiet', 'user', 'system'], usageStatus: 255 },
  function* (process, options): Blocking<number> {
    const [verb = '', ...units] = options.operands
    if (!process.env.get('DPKG_MAINTSCRIPT_PACKAGE')) {
      process.complain(`${process.argv[0]} was not called from dpkg. Exiting.\n`)
      return 1
    }
    if (process.env.get('DPKG_ROOT')) throw new Unsimulated('deb-systemd-helper', 'DPKG_ROOT')
    const isUser = options.last('user', 'system') === 'user'
    const state = isUser ? `${STATE}-user-helper` : `${STATE}-helper`
    const scope: Scope = {
      process,
      instance: isUser ? 'user' : 'system',
      enabledDirectory: `${state}-enabled`,
      maskedDirectory: `${state}-masked`,
      isPurging: verb === 'purge',
    }
    const isQuiet = options.has('quiet')
    let isChanged = false
    let status = ['is-enabled', 'was-enabled', 'debian-installed'].includes(verb) ? 1 : 0
    for (const unit of units) {
      const outcome = yield* act(scope, verb, { unit, isQuiet })
      if (outcome === 'changed') isChanged = true
      if (outcome === 'yes') status = 0
    }
    if (isChanged && !isUser && process.exists('/run/systemd/system'))
      process.system.bus.systemd.daemonReload()
    return status
  },
)

type Outcome = 'changed' | 'unchanged' | 'yes' | 'no'

function* act(
  scope: Scope,
  verb: string,
  { unit, isQuiet }: { readonly unit: string; readonly isQuiet: boolean },
): Blocking<Outcome> {
  const answer = (isSo: boolean): Outcome => {
    if (!isQuiet && verb !== 'debian-installed') scope.process.complain(isSo ? 'enabled\n' : 'disabled\n')
    return isSo ? 'yes' : 'no'
  }
  switch (verb) {
    case 'is-enabled':
      return answer(linksOf(scope, unit).every(link => isLink(scope, link.path)))
    case 'was-enabled':
      return answer(stateEntries(scope, unit).every(path => isLink(scope, path)))
    case 'debian-installed':
      return answer(scope.process.exists(statePath(scope, unit)))
    case 'update-state':
      writeState(
        scope,
        unit,
        linksOf(scope, unit).map(link => link.path),
      )
      return 'unchanged'
    case 'enable':
      return yield* enable(scope, unit)
    case 'disable':
    case 'purge':
      return removeLinks(scope, unit)
    case 'mask':
      return mask(scope, unit)
    case 'unmask':
      return unmask(scope, unit)
    default:
      throw new Unsimulated('deb-systemd-helper', verb)
  }
}

function unitPath({ process, instance }: Scope, unit: string): string {
  const places = [`/etc/systemd/${instance}`, `/lib/systemd/${instance}`, `/usr/lib/systemd/${instance}`]
  return places.map(place => `${place}/${unit}`).find(path => process.exists(path)) ?? unit
}

interface Link {
  readonly path: string
  readonly target: string
}

/** get_link_closure(): the links that [Install] asks for, of the units that are named in Also= too. */
function linksOf(scope: Scope, unit: string, visited: string[] = []): readonly Link[] {
  const target = unitPath(scope, unit)
  const links: Link[] = []
  const wanted: string[] = []
  let name = unit
  for (const line of scope.process.readText(target).split('\n')) {
    const [, key = '', value = ''] =
      /^\s*(WantedBy|RequiredBy|Also|Alias|DefaultInstance)=(.+)$/i.exec(line) ?? []
    const words = value.split(/\s+/).map(word => word.replace(/^(["'])(.*)\1$/, '$2'))
    if (/^(WantedBy|RequiredBy)$/i.test(key)) {
      const ending = key === 'WantedBy' ? '.wants' : '.requires'
      for (const word of words) wanted.push(`/etc/systemd/${scope.instance}/${word}${ending}`)
    } else if (/^Also$/i.test(key)) {
      for (const word of words) {
        if (word === unit || visited.includes(word)) continue
        visited.push(word)
        links.push(...linksOf(scope, word, visited))
      }
    } else if (/^Alias$/i.test(key)) {
      for (const word of words)
        if (word !== unit) links.push({ path: `/etc/systemd/${scope.instance}/${word}`, target })
    } else if (/^DefaultInstance$/i.test(key)) name = unit.replace(/@(\.\w+)$/, `@${value.trim()}$1`)
  }
  return [...links, ...wanted.map(directory => ({ path: `${directory}/${name}`, target }))]
}

const statePath = (scope: Scope, unit: string): string =>
  `${scope.enabledDirectory}/${unit.slice(unit.lastIndexOf('/') + 1)}.dsh-also`

function stateEntries(scope: Scope, unit: string): readonly string[] {
  const path = statePath(scope, unit)
  if (!scope.process.exists(path)) return []
  return scope.process
    .readText(path)
    .split('\n')
    .filter(line => line !== '')
}

function writeState(scope: Scope, unit: string, paths: readonly string[]): void {
  const path = statePath(scope, unit)
  makePath(scope.process, directoryOf(path))
  scope.process.writeFile(path, paths.map(line => `${line}\n`).join(''), { mode: 0o644 })
}

const isLink = ({ process }: Scope, path: string): boolean => lstatIfThere(process, path)?.type === 'symlink'

const directoryOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')))

function makePath(process: Process, path: string): void {
  if (process.exists(path)) return
  makePath(process, directoryOf(path))
  process.mkdir(path, 0o755)
}

/** enable(): a unit that Debian has not had before gets what the presets say; of another what is missing. */
function* enable(scope: Scope, unit: string): Blocking<Outcome> {
  const { process } = scope
  const links = linksOf(scope, unit)
  const isKnown = process.exists(statePath(scope, unit))
  const isCreating = isKnown && links.some(link => isLink(scope, link.path))
  if (!isKnown) yield* preset(scope, unit, links)
  let outcome: Outcome = 'unchanged'
  const before = stateEntries(scope, unit)
  writeState(scope, unit, [...new Set([...before, ...links.map(link => link.path)])])
  for (const { path, target } of links) {
    const state = path.replace(`/etc/systemd/${scope.instance}/`, `${scope.enabledDirectory}/`)
    if (process.exists(state)) continue
    if (isCreating && !isLink(scope, path)) {
      makePath(process, directoryOf(path))
      process.symlink(target, path)
      outcome = 'changed'
    }
    makePath(process, directoryOf(state))
    process.writeFile(state, '', { mode: 0o644 })
  }
  return outcome
}

/** `systemctl --preset-mode=enable-only preset`: the links, and a line for each. */
function* preset(scope: Scope, unit: string, links: readonly Link[]): Blocking<void> {
  const { process, instance } = scope
  if (links.length === 0 || !isPreset(process, instance, unit)) return
  if (instance === 'system') {
    const path = process.which('systemctl') ?? '/usr/bin/systemctl'
    yield* process.spawn(path, ['systemctl', 'enable', unit]).wait()
    return
  }
  const { release } = process.system.bus.systemd
  for (const { path, target } of links) {
    if (isLink(scope, path)) continue
    // systemd looks for units of users below /usr alone.
    const unitFile = target.replace(/^\/lib\//, '/usr/lib/')
    makePath(process, directoryOf(path))
    process.symlink(unitFile, path)
    process.complain(`${release.words.linked(path, '->', unitFile)}\n`)
  }
}

/** systemd.preset(5): the first line that fits decides, and a unit that none fits is enabled. */
function isPreset(process: Process, instance: string, unit: string): boolean {
  const byName = new Map<string, string>()
  for (const place of ['/usr/lib', '/run', '/etc']) {
    const directory = `${place}/systemd/${instance}-preset`
    if (!process.exists(directory)) continue
    for (const name of process.readdir(directory)) byName.set(name, `${directory}/${name}`)
  }
  for (const [, path] of [...byName].sort(([a], [b]) => (a < b ? -1 : 1)))
    for (const line of process.readText(path).split('\n')) {
      const [, verb, pattern] = /^\s*(enable|disable)\s+(\S+)/.exec(line) ?? []
      if (pattern !== undefined && fnmatch(pattern, unit)) return verb === 'enable'
    }
  return true
}

function removeLinks(scope: Scope, unit: string): Outcome {
  const { process } = scope
  const entries = stateEntries(scope, unit)
  if (scope.isPurging && process.exists(statePath(scope, unit))) process.unlink(statePath(scope, unit))
  let outcome: Outcome = 'unchanged'
  for (const path of entries) {
    const state = path.replace(`/etc/systemd/${scope.instance}/`, `${scope.enabledDirectory}/`)
    if ((scope.isPurging || isLink(scope, path)) && process.exists(state)) process.unlink(state)
    if (!isLink(scope, path)) continue
    process.unlink(path)
    outcome = 'changed'
  }
  for (const directory of [scope.enabledDirectory, `/etc/systemd/${scope.instance}`])
    removeEmpty(process, directory, directory !== scope.enabledDirectory)
  return outcome
}

/** rmdir_if_empty(), of what lies below and, unless it is kept, of the directory itself. */
function removeEmpty(process: Process, directory: string, isKept = false): void {
  if (lstatIfThere(process, directory)?.type !== 'directory') return
  for (const name of process.readdir(directory)) removeEmpty(process, `${directory}/${name}`)
  if (!isKept && process.readdir(directory).length === 0) process.rmdir(directory)
}

function mask(scope: Scope, unit: string): Outcome {
  const { process } = scope
  const path = `/etc/systemd/${scope.instance}/${unit}`
  if (process.exists(path)) return 'unchanged'
  makePath(process, directoryOf(path))
  if (isLink(scope, path)) process.unlink(path)
  process.symlink('/dev/null', path)
  makePath(process, scope.maskedDirectory)
  process.writeFile(`${scope.maskedDirectory}/${unit}`, '', { mode: 0o644 })
  return 'changed'
}

function unmask(scope: Scope, unit: string): Outcome {
  const { process } = scope
  const path = `/etc/systemd/${scope.instance}/${unit}`
  const state = `${scope.maskedDirectory}/${unit}`
  const isMasked = isLink(scope, path) && process.readlink(path) === '/dev/null' && process.exists(state)
  if (isMasked) {
    process.unlink(path)
    process.unlink(state)
  }
  removeEmpty(process, scope.maskedDirectory)
  return isMasked ? 'changed' : 'unchanged'
}

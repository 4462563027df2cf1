import type { UnitFileChange } from '../bus.ts'
import type { SystemdRelease } from '../formats/systemd-release.ts'
import { parseUnitFile, splitWords } from '../formats/unit-file.ts'
import type { Process } from '../process.ts'
import type { UnitLoader, Warn } from './load.ts'
import { sectionComplaints } from './settings.ts'
import { type FoundUnit, templateOf, unitPath } from './unit-path.ts'

const ETC = '/etc/systemd/system'
const RUN = '/run/systemd/system'
/** What generators enable counts as enabled until the next boot. */
const GENERATED = ['/run/systemd/generator.early', '/run/systemd/generator', '/run/systemd/generator.late']

interface InstallInfo {
  readonly wantedBy: readonly string[]
  readonly requiredBy: readonly string[]
  readonly alias: readonly string[]
  readonly also: readonly string[]
  readonly defaultInstance: string | undefined
}

interface Link {
  readonly path: string
  readonly target: string
}

export interface InstallerParts {
  readonly process: Process
  readonly loader: UnitLoader
  readonly warn: Warn
  readonly release: SystemdRelease
}

/** Enabling is symlinks: src/shared/install.c. Each call says which links it made or took away. */
export class UnitInstaller {
  readonly #process: Process
  readonly #loader: UnitLoader
  readonly #warn: Warn
  readonly #release: SystemdRelease

  constructor(parts: InstallerParts) {
    this.#process = parts.process
    this.#loader = parts.loader
    this.#warn = parts.warn
    this.#release = parts.release
  }

  enable(units: readonly string[]): readonly UnitFileChange[] {
    return this.#withAlso(units).flatMap(unit => {
      const found = this.#find(unit)
      if (found?.isMasked === true) return [{ kind: 'masked', path: found.path, target: '' } as const]
      return this.#links(unit).flatMap(link => this.#symlink(link))
    })
  }

  disable(units: readonly string[]): readonly UnitFileChange[] {
    return this.#withAlso(units).flatMap(unit => {
      const found = this.#find(unit)
      if (found?.isMasked === true) return [{ kind: 'masked', path: found.path, target: '' } as const]
      const own = found !== undefined && this.#isLinkElsewhere(found.path) ? [found.path] : []
      return [...this.#linksOnDisk(unit), ...own].flatMap(path => this.#unlink(path))
    })
  }

  mask(units: readonly string[], isRuntime = false): readonly UnitFileChange[] {
    const directory = isRuntime ? RUN : ETC
    return units.flatMap(unit => {
      const path = `${directory}/${unit}`
      if (this.#isLinkToNull(path)) return []
      if (this.#process.exists(path)) return [{ kind: 'exists', path, target: '/dev/null' } as const]
      return this.#symlink({ path, target: '/dev/null' })
    })
  }

  unmask(units: readonly string[], isRuntime = false): readonly UnitFileChange[] {
    const directory = isRuntime ? RUN : ETC
    return units
      .map(unit => `${directory}/${unit}`)
      .filter(path => this.#isLinkToNull(path))
      .flatMap(path => this.#unlink(path))
  }

  /** unit_file_link(). */
  link(paths: readonly string[]): readonly UnitFileChange[] {
    return paths.flatMap(target => this.#symlink({ path: `${ETC}/${baseName(target)}`, target }))
  }

  /** unit_file_add_dependency(). */
  addDependency(
    kind: 'wants' | 'requires',
    target: string,
    units: readonly string[],
  ): readonly UnitFileChange[] {
    return units.flatMap(unit => {
      const found = this.#find(unit)
      return found === undefined
        ? []
        : this.#symlink({ path: `${ETC}/${target}.${kind}/${unit}`, target: found.path })
    })
  }

  /** unit_file_set_default(): in place of the link that there is. */
  setDefault(target: string): readonly UnitFileChange[] {
    const path = `${ETC}/default.target`
    const found = this.#find(target)
    if (found === undefined) return []
    if (this.#process.exists(path)) this.#process.unlink(path)
    return this.#symlink({ path, target: found.path })
  }

  /** unit_file_lookup_state(): what `systemctl is-enabled` prints; undefined when there is no such file. */
  state(unit: string): string | undefined {
    const found = this.#find(unit)
    if (found === undefined) return undefined
    if (found.isMasked) return found.path.startsWith('/run/') ? 'masked-runtime' : 'masked'
    const isLinked = this.#isLinkElsewhere(found.path)
    if (found.id !== unit) return 'alias'
    if (found.path.startsWith('/run/systemd/generator')) return 'generated'
    const links = this.#linksOnDisk(unit, [ETC, RUN, ...GENERATED])
    if (links.some(path => path.startsWith(ETC)))
      return this.#hasOtherInstances(unit, links) ? 'indirect' : 'enabled'
    if (links.length > 0) return 'enabled-runtime'
    if (isLinked) return found.path.startsWith('/run/') ? 'linked-runtime' : 'linked'
    for (const { path, line, message } of sectionComplaints(
      { id: unit, release: this.#release },
      {
        path: found.path,
        text: this.#process.readText(found.path),
      },
    ))
      this.#warn(unit, `${path}:${line}: ${message}`)
    const info = this.#installInfo(found.path)
    if (info.wantedBy.length + info.requiredBy.length + info.alias.length > 0) return 'disabled'
    return info.also.length > 0 ? 'indirect' : 'static'
  }

  /** A link in one of the directories to a file of this name that is in none of them. */
  #isLinkElsewhere(path: string): boolean {
    if (this.#process.lstat(path).type !== 'symlink') return false
    const target = this.#process.readlink(path)
    return (
      target.startsWith('/') && !unitPath(this.#release).some(directory => target.startsWith(`${directory}/`))
    )
  }

  #find(unit: string): FoundUnit | undefined {
    return this.#loader.path.find(unit)
  }

  /** Of a template, links of instances count, but not as its own. */
  #hasOtherInstances(unit: string, links: readonly string[]): boolean {
    return (
      /@\.\w+$/.test(unit) &&
      links.every(path => !path.endsWith(`/${unit}`)) &&
      !this.#hasDefaultInstance(unit, links)
    )
  }

  #hasDefaultInstance(unit: string, links: readonly string[]): boolean {
    const found = this.#find(unit)
    const instance = found === undefined ? undefined : this.#installInfo(found.path).defaultInstance
    return (
      instance !== undefined && links.some(path => path.endsWith(`/${unit.replace('@.', `@${instance}.`)}`))
    )
  }

  #withAlso(units: readonly string[]): readonly string[] {
    const all = new Set(units.map(unit => this.#find(unit)?.id ?? unit))
    for (const unit of all) {
      const found = this.#find(unit)
      if (found !== undefined && !found.isMasked)
        for (const other of this.#installInfo(found.path).also) all.add(other)
    }
    return [...all]
  }

  #installInfo(path: string): InstallInfo {
    const { assignments } = parseUnitFile(this.#process.readText(path))
    const words = (key: string): readonly string[] =>
      assignments
        .filter(item => item.section === 'Install' && item.key === key)
        .flatMap(item => splitWords(item.value))
    return {
      wantedBy: words('WantedBy'),
      requiredBy: words('RequiredBy'),
      alias: words('Alias'),
      also: words('Also'),
      defaultInstance: words('DefaultInstance').at(-1),
    }
  }

  /** install_info_apply(): aliases first, then what wants and requires it; a template has its default instance linked. */
  #links(unit: string): readonly Link[] {
    const found = this.#find(unit)
    if (found === undefined) return []
    const info = this.#installInfo(found.path)
    const isTemplate = /@\.\w+$/.test(unit)
    if (isTemplate && info.defaultInstance === undefined) return []
    const name = isTemplate ? unit.replace('@.', `@${info.defaultInstance}.`) : unit
    const file = this.#isLinkElsewhere(found.path) ? this.#process.readlink(found.path) : found.path
    const link = (path: string): Link => ({ path, target: file })
    return [
      ...info.alias.map(alias => link(`${ETC}/${alias}`)),
      ...info.wantedBy.map(target => link(`${ETC}/${target}.wants/${name}`)),
      ...info.requiredBy.map(target => link(`${ETC}/${target}.requires/${name}`)),
    ]
  }

  /** Links below /etc and /run that bear the unit's name, or point to its file; of a template, those of its instances. */
  #linksOnDisk(unit: string, directories: readonly string[] = [ETC, RUN]): readonly string[] {
    const isOwn = (name: string): boolean => name === unit || templateOf(name) === unit
    return directories.flatMap(directory => {
      if (!this.#process.exists(directory)) return []
      const names = this.#process.readdir(directory)
      const inFolders = names
        .filter(name => /\.(?:wants|requires)$/.test(name))
        .flatMap(folder =>
          this.#process
            .readdir(`${directory}/${folder}`)
            .filter(isOwn)
            .map(name => `${directory}/${folder}/${name}`),
        )
      const aliases = names.filter(name => !isOwn(name)).map(name => `${directory}/${name}`)
      return [...inFolders, ...aliases.filter(path => this.#pointsTo(path, unit))]
    })
  }

  #pointsTo(path: string, unit: string): boolean {
    return this.#process.lstat(path).type === 'symlink' && this.#process.readlink(path).endsWith(`/${unit}`)
  }

  #isLinkToNull(path: string): boolean {
    if (!this.#process.exists(path)) return false
    return this.#process.lstat(path).type === 'symlink' && this.#process.readlink(path) === '/dev/null'
  }

  #symlink({ path, target }: Link): readonly UnitFileChange[] {
    const directory = path.slice(0, path.lastIndexOf('/'))
    if (this.#process.exists(path)) return []
    if (!this.#process.exists(directory)) this.#process.mkdir(directory, 0o755)
    this.#process.symlink(target, path)
    return [{ kind: 'symlink', path, target }]
  }

  #unlink(path: string): readonly UnitFileChange[] {
    const target = this.#process.readlink(path)
    this.#process.unlink(path)
    const directory = path.slice(0, path.lastIndexOf('/'))
    const isFolder = !unitPath(this.#release).includes(directory)
    if (isFolder && this.#process.readdir(directory).length === 0) this.#process.rmdir(directory)
    return [{ kind: 'unlink', path, target }]
  }
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

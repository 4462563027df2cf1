import type { UnitFileChange } from '../bus.ts'
import { parseUnitFile, splitWords } from '../formats/unit-file.ts'
import type { Process } from '../process.ts'
import type { UnitLoader } from './load.ts'

const ETC = '/etc/systemd/system'

interface InstallInfo {
  readonly wantedBy: readonly string[]
  readonly requiredBy: readonly string[]
  readonly alias: readonly string[]
  readonly also: readonly string[]
}

/** Enabling is symlinks: src/shared/install.c. Each call says which links it made or took away. */
export class UnitInstaller {
  readonly #process: Process
  readonly #loader: UnitLoader

  constructor(process: Process, loader: UnitLoader) {
    this.#process = process
    this.#loader = loader
  }

  enable(units: readonly string[]): readonly UnitFileChange[] {
    return this.#withAlso(units).flatMap(unit =>
      this.#links(unit).flatMap(link => this.#symlink(link.path, link.target)),
    )
  }

  disable(units: readonly string[]): readonly UnitFileChange[] {
    return this.#withAlso(units).flatMap(unit => this.#linksOnDisk(unit).flatMap(path => this.#unlink(path)))
  }

  mask(units: readonly string[]): readonly UnitFileChange[] {
    return units.flatMap(unit => this.#symlink(`${ETC}/${unit}`, '/dev/null'))
  }

  unmask(units: readonly string[]): readonly UnitFileChange[] {
    return units
      .filter(unit => this.#isMask(`${ETC}/${unit}`))
      .flatMap(unit => this.#unlink(`${ETC}/${unit}`))
  }

  /** `systemctl is-enabled`; undefined when there is no such file. */
  state(unit: string): string | undefined {
    const found = this.#loader.find(unit) ?? this.#loader.find(unit.replace(/@[^.]+\./, '@.'))
    if (found === undefined) return undefined
    if (this.#isMask(`/run/systemd/system/${unit}`)) return 'masked-runtime'
    if (this.#isMask(found.path)) return 'masked'
    if (found.id !== unit && !unit.includes('@')) return 'alias'
    if (found.path.startsWith('/run/systemd/generator')) return 'generated'
    if (this.#linksOnDisk(unit).length > 0) return 'enabled'
    const info = this.#installInfo(found.path)
    if (info.wantedBy.length + info.requiredBy.length + info.alias.length > 0) return 'disabled'
    return info.also.length > 0 ? 'indirect' : 'static'
  }

  hasInstallInfo(unit: string): boolean {
    const found = this.#loader.find(unit)
    return found !== undefined && this.#links(unit).length + this.#installInfo(found.path).also.length > 0
  }

  #withAlso(units: readonly string[]): readonly string[] {
    const all = new Set(units)
    for (const unit of all) {
      const found = this.#loader.find(unit)
      if (found !== undefined) for (const other of this.#installInfo(found.path).also) all.add(other)
    }
    return [...all]
  }

  #installInfo(path: string): InstallInfo {
    const { assignments } = parseUnitFile(this.#isMask(path) ? '' : this.#process.readText(path))
    const words = (key: string): readonly string[] =>
      assignments
        .filter(item => item.section === 'Install' && item.key === key)
        .flatMap(item => splitWords(item.value))
    return {
      wantedBy: words('WantedBy'),
      requiredBy: words('RequiredBy'),
      alias: words('Alias'),
      also: words('Also'),
    }
  }

  #links(unit: string): readonly { readonly path: string; readonly target: string }[] {
    const found = this.#loader.find(unit) ?? this.#loader.find(unit.replace(/@[^.]+\./, '@.'))
    if (found === undefined) return []
    const info = this.#installInfo(found.path)
    const link = (path: string): { path: string; target: string } => ({ path, target: found.path })
    return [
      ...info.alias.map(alias => link(`${ETC}/${alias}`)),
      ...info.wantedBy.map(target => link(`${ETC}/${target}.wants/${unit}`)),
      ...info.requiredBy.map(target => link(`${ETC}/${target}.requires/${unit}`)),
    ]
  }

  /** Links below /etc and /run that bear the unit's name, or point to its file. */
  #linksOnDisk(unit: string): readonly string[] {
    const paths: string[] = []
    for (const directory of [ETC, '/run/systemd/system']) {
      if (!this.#process.exists(directory)) continue
      for (const name of this.#process.readdir(directory)) {
        const path = `${directory}/${name}`
        if (/\.(?:wants|requires)$/.test(name))
          paths.push(
            ...this.#process
              .readdir(path)
              .filter(link => link === unit)
              .map(link => `${path}/${link}`),
          )
        else if (name !== unit && this.#pointsTo(path, unit)) paths.push(path)
      }
    }
    return paths
  }

  #pointsTo(path: string, unit: string): boolean {
    return this.#process.lstat(path).type === 'symlink' && this.#process.readlink(path).endsWith(`/${unit}`)
  }

  #isMask(path: string): boolean {
    if (!this.#process.exists(path)) return false
    return this.#process.lstat(path).type === 'symlink' && this.#process.readlink(path) === '/dev/null'
  }

  #symlink(path: string, target: string): readonly UnitFileChange[] {
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
    if (directory !== ETC && this.#process.readdir(directory).length === 0) this.#process.rmdir(directory)
    return [{ kind: 'unlink', path, target }]
  }
}

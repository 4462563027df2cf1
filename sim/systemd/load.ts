import type { SystemdRelease } from '../formats/systemd-release.ts'
import type { Process } from '../process.ts'
import { defaultDescription } from './description.ts'
import { FatalSetting, serviceConfig, serviceProblem } from './service-config.ts'
import { type Complaint, type HostSpecifiers, type Line, linesOf, Settings } from './settings.ts'
import type { LoadState, MountConfig, ServiceConfig, UnitConfig } from './state.ts'
import { emptyConfig, UNSAID } from './unit-config.ts'
import { unitDependencies } from './unit-dependencies.ts'
import { UnitPath } from './unit-path.ts'
import { conditionsOf, startLimitOf } from './unit-section.ts'

/** What PID 1 logs while it reads a unit. */
export type Warn = (unit: string, message: string) => void

export interface LoaderParts {
  readonly process: Process
  readonly warn: Warn
  /**
   * Of a unit that needs no file, as the root slice, or a device that the kernel told of: what it is called, '' where that
   * follows from its name. Undefined for any other.
   */
  readonly builtIn: (name: string) => string | undefined
  readonly release: SystemdRelease
}

/** Reads units from the files of a machine, with the eyes of PID 1. */
export class UnitLoader {
  readonly path: UnitPath
  readonly #process: Process
  readonly #warn: Warn
  readonly #builtIn: LoaderParts['builtIn']
  readonly #release: SystemdRelease

  constructor({ process, warn, builtIn, release }: LoaderParts) {
    this.#process = process
    this.#warn = warn
    this.#builtIn = builtIn
    this.#release = release
    this.path = new UnitPath(process, release)
  }

  /** The unit of a name: its file, drop-ins and links; `not-found` when there is none. */
  load(name: string): UnitConfig {
    const found = this.path.find(name)
    if (found === undefined) return this.#withoutFile(name)
    const { id, path } = found
    const base = { ...emptyConfig(id), names: [id, ...this.path.aliases(id)], fragmentPath: path }
    if (found.isMasked) return { ...base, loadState: 'masked' }
    const dropInPaths = this.path.dropIns(id)
    const complaints: Complaint[] = []
    const unit = { id, release: this.#release }
    const lines = [path, ...dropInPaths].flatMap(file =>
      linesOf(unit, { path: file, text: this.#textOf(file) }, complaint => complaints.push(complaint)),
    )
    const files = {
      dropInPaths,
      fragmentMtimeSeconds: this.#mtime(path),
      dropInMtimeSeconds: Math.max(0, ...dropInPaths.map(file => this.#mtime(file))),
    }
    return { ...base, ...files, ...this.#interpret(id, lines, complaints) }
  }

  #withoutFile(name: string): UnitConfig {
    const description = this.#builtIn(name)
    return description === undefined
      ? { ...emptyConfig(name), loadState: 'not-found' }
      : { ...emptyConfig(name), description: description || defaultDescription(name, this.#release) }
  }

  /**
   * unit_need_daemon_reload(): a file that is newer or gone, or other drop-ins: in the directories that PID 1 knew of
   * when it last looked, where those are given.
   */
  isStale(config: UnitConfig, knownDirectories?: ReadonlySet<string>): boolean {
    if (config.loadState === 'masked') return !this.#isStillMasked(config)
    if (config.fragmentPath !== '' && this.#isNewer(config.fragmentPath, config.fragmentMtimeSeconds))
      return true
    if (config.loadState !== 'loaded') return false
    const now = this.path.dropIns(config.id, knownDirectories)
    if (now.join('\n') !== config.dropInPaths.join('\n')) return true
    return now.some(path => this.#isNewer(path, config.dropInMtimeSeconds))
  }

  #isStillMasked({ id, fragmentPath }: UnitConfig): boolean {
    return this.path.find(id)?.isMasked === true && this.#process.exists(fragmentPath)
  }

  #isNewer(path: string, seconds: number): boolean {
    return !this.#process.exists(path) || this.#mtime(path) > seconds
  }

  #mtime(path: string): number {
    return this.#process.exists(path) ? this.#process.stat(path).mtimeSeconds : 0
  }

  /** A drop-in may be a link to nothing, or to /dev/null: it then says nothing. */
  #textOf(path: string): string {
    if (!this.#process.exists(path) || this.#process.stat(path).type !== 'file') return ''
    return this.#process.readText(path)
  }

  #interpret(id: string, lines: readonly Line[], complaints: Complaint[]): Partial<UnitConfig> {
    const unit = { id, host: this.#host, words: this.#release.words }
    const settings = new Settings(unit, lines, complaint => complaints.push(complaint))
    const read = id.endsWith('.service') ? readService(settings) : {}
    const conditions = conditionsOf(settings, lines)
    const startLimit = startLimitOf(settings)
    this.#tell(id, lines, complaints, read.fatal)
    const problem = read.service === undefined ? undefined : serviceProblem(read.service)
    if (problem !== undefined) this.#warn(id, `${id}: ${problem}`)
    const loadState: LoadState = problem === undefined && read.fatal === undefined ? 'loaded' : 'bad-setting'
    return {
      loadState,
      description: settings.last('Unit', 'Description') ?? defaultDescription(id, this.#release),
      documentation: settings.words('Unit', 'Documentation'),
      dependencies: unitDependencies(id, settings, this.path),
      hasDefaultDependencies: settings.boolean('Unit', 'DefaultDependencies', true),
      conditions,
      // Nothing was made of what stands before the fatal line.
      service: read.fatal === undefined ? read.service : { ...UNSAID, type: '' },
      mount: id.endsWith('.mount') ? mountOf(settings) : undefined,
      startLimit,
    }
  }

  /** In the order of files and lines; what comes after a fatal line was never read. */
  #tell(id: string, lines: readonly Line[], complaints: readonly Complaint[], fatal: Line | undefined): void {
    const order = [...new Set(lines.map(line => line.path))]
    const rank = ({ path, line }: { path: string; line: number }): number => order.indexOf(path) * 1e6 + line
    const end = fatal === undefined ? Number.POSITIVE_INFINITY : rank(fatal)
    for (const complaint of [...complaints].sort((a, b) => rank(a) - rank(b)))
      if (rank(complaint) <= end) this.#warn(id, `${complaint.path}:${complaint.line}: ${complaint.message}`)
    if (fatal !== undefined)
      this.#warn(id, `${id}: Unit configuration has fatal error, unit will not be started.`)
  }

  get #host(): HostSpecifiers {
    const { record, uts } = this.#process.kernel
    return {
      release: record.release,
      nodename: uts.value.nodename,
      architecture: record.machine.replace('_', '-'),
    }
  }
}

function mountOf(settings: Settings): MountConfig | undefined {
  const [what, where] = [settings.last('Mount', 'What'), settings.last('Mount', 'Where')]
  if (what === undefined || where === undefined) return undefined
  const [type = '', options = ''] = [settings.last('Mount', 'Type'), settings.last('Mount', 'Options')]
  return { what, where, type, options }
}

interface ServiceRead {
  readonly service?: ServiceConfig
  readonly fatal?: Line
}

function readService(settings: Settings): ServiceRead {
  try {
    return { service: serviceConfig(settings) }
  } catch (error) {
    if (error instanceof FatalSetting) return { fatal: error.line }
    throw error
  }
}

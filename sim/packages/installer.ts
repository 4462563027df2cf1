import { md5 } from '@noble/hashes/legacy.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import type { ParsedLine } from '../formats/file-line.ts'
import type { OpenFile } from '../fs/open-file.ts'
import type { Process } from '../process.ts'
import type { Blocking } from '../scheduler.ts'
import { controlText, type PackageFile } from './archive-package.ts'
import { ADMIN_DIRECTORY, Database, type Package } from './database.ts'
import { type DpkgConfig, readDpkgConfig } from './dpkg-config.ts'
import { inPackageOrder } from './hash-order.ts'
import { runScript, ScriptFailed } from './maintainer-script.ts'
import { placeFile } from './placing.ts'
import { meets, parseRelations } from './relation.ts'
import { Triggers } from './triggers.ts'

export interface InstallerOptions {
  /** Standard input, output and error of the scripts. */
  readonly files: ReadonlyMap<number, OpenFile>
  /** Whether the output is a terminal, as apt's is: reading the database is shown as it goes on. */
  readonly isTerminal: boolean
  readonly dpkgVersion: string
}

const SCRIPTS = ['preinst', 'postinst', 'prerm', 'postrm']

/** What dpkg does with packages: unpack, configure, remove, purge, and the triggers that follow. */
export class Installer {
  readonly database: Database
  readonly triggers: Triggers
  /** Names of packages at which something went wrong. */
  readonly failed: string[] = []
  readonly #process: Process
  readonly #options: InstallerOptions
  readonly #config: DpkgConfig
  #hasReadDatabase = false
  /** Who has a path, by package; found out when it is asked for, and again when lists have changed. */
  #owners: ReadonlyMap<string, readonly string[]> | undefined

  constructor(process: Process, options: InstallerOptions) {
    this.#process = process
    this.#options = options
    this.database = new Database(process)
    this.triggers = new Triggers(process)
    this.#config = readDpkgConfig(process)
  }

  #say(text: string): void {
    const file = this.#options.files.get(1)
    if (file !== undefined) file.write(new TextEncoder().encode(text), { isUnbounded: true })
  }

  #complain(text: string): void {
    const file = this.#options.files.get(2)
    if (file !== undefined) file.write(new TextEncoder().encode(text), { isUnbounded: true })
  }

  /** A new run of dpkg: it reads its database again. */
  beginRun(): void {
    this.#hasReadDatabase = false
  }

  #readDatabase(): void {
    if (this.#hasReadDatabase) return
    this.#hasReadDatabase = true
    const begin = '(Reading database ... '
    if (this.#options.isTerminal) {
      this.#say(`${begin}\r`)
      for (let percent = 5; percent <= 100; percent += 5) this.#say(`${begin}${percent}%\r`)
    }
    this.#say(`${begin}${this.database.countPaths()} files and directories currently installed.)\n`)
  }

  /** `dpkg --unpack`; `shownName` is how the file is named. */
  *unpack(file: PackageFile, shownName = file.fileName): Blocking<void> {
    const before = this.database.find(file.item.name)
    if (before === undefined || !['install', 'hold'].includes(before.status.want))
      this.#say(`Selecting previously unselected package ${file.item.displayName}.\n`)
    this.#readDatabase()
    this.#say(`Preparing to unpack ${shownName} ...\n`)
    const old = before?.isThere ? before : undefined
    try {
      if (old !== undefined) yield* this.#script(old, 'prerm', ['upgrade', file.item.version])
      yield* this.#preinst(file, before, old)
    } catch (error) {
      if (error instanceof ScriptFailed)
        throw new Unsimulated('dpkg', `going back from the unpacking of ${file.fileName}: ${error.message}`)
      throw error
    }
    const over = old === undefined ? '' : ` over (${old.version})`
    this.#say(`Unpacking ${file.item.displayName} (${file.item.version})${over} ...\n`)
    const replaced = old === undefined ? [] : this.database.files(old)
    this.#unpackFiles(file)
    if (old !== undefined) yield* this.#script(old, 'postrm', ['upgrade', file.item.version])
    this.#replaceInfo(file, replaced)
    this.#recordUnpacked(file, before)
  }

  *#preinst(file: PackageFile, before: Package | undefined, old: Package | undefined): Blocking<void> {
    const text = controlText(file, 'preinst')
    if (text === undefined) return
    const directory = `${ADMIN_DIRECTORY}/tmp.ci`
    if (!this.#process.exists(directory)) this.#process.mkdir(directory, 0o755)
    const path = `${directory}/preinst`
    this.#process.writeFile(path, text, { mode: 0o755 })
    const verb = old === undefined ? 'install' : 'upgrade'
    const version =
      old?.version ?? (before?.status.state === 'config-files' ? before.field('Config-Version') : '')
    const args = version === '' ? [verb] : [verb, version, file.item.version]
    try {
      yield* this.#run({ item: file.item, kind: 'preinst', path, args, isNew: true })
    } finally {
      this.#process.unlink(path)
      this.#process.rmdir(directory)
    }
  }

  #unpackFiles(file: PackageFile): void {
    const conffiles = conffilesOf(file)
    for (const line of file.files) {
      if (!this.#config.isUnpacked(line.path)) continue
      const diversion = this.database.diversions.find(({ from }) => from === line.path)
      if (diversion !== undefined && diversion.by !== file.item.name)
        throw new Unsimulated('dpkg', `unpacking the diverted ${line.path}`)
      this.#unpackOne(line, conffiles.includes(line.path))
      this.triggers.touched(line.path)
    }
    this.triggers.activateOf(controlText(file, 'triggers') ?? '')
  }

  #unpackOne(line: ParsedLine, isConffile: boolean): void {
    const process = this.#process
    if (line.type === 'directory') {
      if (!process.exists(line.path)) {
        process.mkdir(line.path, line.mode)
        process.chmod(line.path, line.mode)
        process.chown(line.path, line.uid, line.gid)
      }
      return
    }
    const fresh = `${line.path}.dpkg-new`
    if (line.linkTo !== undefined) {
      if (process.exists(fresh)) process.unlink(fresh)
      process.link(line.linkTo, fresh)
    } else if (line.type === 'symlink') process.symlink(line.target, fresh)
    else if (line.type === 'file') placeFile(process, line, fresh)
    else throw new Unsimulated('dpkg', `unpacking the ${line.type} ${line.path}`)
    if (!isConffile) process.rename(fresh, line.path)
  }

  /** info/ of the package is that of the new one; files that only the old one had go. */
  #replaceInfo(file: PackageFile, replaced: readonly string[]): void {
    const process = this.#process
    const { item } = file
    const kept = new Set(listOf(file))
    for (const path of [...replaced].reverse())
      if (!kept.has(path) && process.exists(path) && !this.#isOwnedByOther(item.name, path))
        this.#removePath(path)
    for (const name of this.#infoFiles(item)) process.unlink(name)
    this.#owners = undefined
    process.writeFile(
      this.database.infoPath(item, 'list'),
      listOf(file)
        .map(path => `${path}\n`)
        .join(''),
    )
    for (const line of file.control) {
      const path = this.database.infoPath(item, line.path.slice(1))
      placeFile(process, line, path)
    }
    const triggers = controlText(file, 'triggers')
    if (triggers !== undefined) this.triggers.setInterests(item.name, triggers, true)
  }

  #infoFiles(item: Package): readonly string[] {
    const directory = `${ADMIN_DIRECTORY}/info`
    return this.#process
      .readdir(directory)
      .filter(name => name.slice(0, name.lastIndexOf('.')) === item.displayName)
      .map(name => `${directory}/${name}`)
  }

  #recordUnpacked(file: PackageFile, before: Package | undefined): void {
    const old = new Map((before?.conffiles ?? []).map(({ path, md5: sum }) => [path, sum]))
    const conffiles = conffilesOf(file)
      .map(path => `\n ${path} ${old.get(path) ?? 'newconffile'}`)
      .join('')
    const configured = before === undefined ? '' : configVersion(before)
    this.database.put(
      file.item.with({
        Status: 'install ok unpacked',
        ...(configured === '' ? {} : { 'Config-Version': configured }),
        ...(conffiles === '' ? {} : { Conffiles: conffiles }),
      }),
    )
  }

  /** `dpkg --configure --pending`, then the triggers. */
  *configurePending(): Blocking<void> {
    const pending = this.database.all.filter(({ status }) =>
      ['unpacked', 'half-configured'].includes(status.state),
    )
    const queue = inPackageOrder(pending.map(item => item.name))
    for (let turns = queue.length * queue.length + 1; queue.length > 0 && turns > 0; turns--) {
      const name = queue.shift() ?? ''
      const item = this.database.find(name)
      if (item === undefined) continue
      if (this.#waitsFor(item, queue)) queue.push(name)
      else yield* this.#guarded(item, '--configure', () => this.#configure(item))
    }
    yield* this.processTriggers()
  }

  /** Whether a package depends on one that is to be configured and that nothing else stands in for. */
  #waitsFor(item: Package, queue: readonly string[]): boolean {
    const groups = [...parseRelations(item.field('Depends')), ...parseRelations(item.field('Pre-Depends'))]
    const { all } = this.database
    return groups.some(group => {
      const meeting = all.filter(other => group.some(relation => meets(other.offer, relation)))
      return meeting.some(other => queue.includes(other.name)) && !meeting.some(other => other.isInstalled)
    })
  }

  *#configure(item: Package): Blocking<void> {
    this.#say(`Setting up ${item.displayName} (${item.version}) ...\n`)
    const conffiles = item.conffiles.map(
      ({ path, md5: sum }) => ` ${path} ${this.#installConffile(path, sum)}`,
    )
    const current = conffiles.length === 0 ? item : item.with({ Conffiles: `\n${conffiles.join('\n')}` })
    this.database.put(current.withStatus({ state: 'half-configured' }))
    yield* this.#script(item, 'postinst', ['configure', item.field('Config-Version')])
    this.database.put(current.with({ 'Config-Version': '' }).withStatus({ state: 'installed' }))
  }

  /** deferred_configure_conffile(): the sum of what the package brings; somebody's own changes are left alone. */
  #installConffile(path: string, before: string): string {
    const process = this.#process
    const fresh = `${path}.dpkg-new`
    if (!process.exists(fresh)) return before
    const brought = sumOf(process, fresh)
    const there = process.exists(path) ? sumOf(process, path) : undefined
    const isFirst = before === 'newconffile'
    if (there === brought || (isFirst && there === undefined) || there === before) process.rename(fresh, path)
    else if (!isFirst && before === brought) process.unlink(fresh)
    else throw new Unsimulated('dpkg', `asking about the changed configuration file ${path}`)
    return brought
  }

  /** `dpkg --remove`, and with `isPurging` what is left of a package. */
  *remove(item: Package, isPurging: boolean): Blocking<void> {
    yield* this.#guarded(item, isPurging ? '--purge' : '--remove', () => this.#remove(item, isPurging))
  }

  *#remove(item: Package, isPurging: boolean): Blocking<void> {
    this.#readDatabase()
    if (item.isThere) {
      this.#say(`Removing ${item.displayName} (${item.version}) ...\n`)
      yield* this.#script(item, 'prerm', ['remove'])
      this.triggers.activateOf(this.#info(item, 'triggers'))
      this.#removeFiles(item)
      yield* this.#script(item, 'postrm', ['remove'])
      this.#leaveConfiguration(item)
    }
    const left = this.database.find(item.name)
    if (isPurging && left !== undefined) yield* this.#purge(left)
  }

  #removeFiles(item: Package): void {
    const conffiles = item.conffiles.map(({ path }) => path)
    const left: string[] = []
    for (const path of [...this.database.files(item)].reverse()) {
      if (path === '/.') left.unshift(path)
      else if (conffiles.includes(path)) left.unshift(path)
      else if (!this.#isThere(path)) continue
      else if (this.#isDirectory(path)) {
        if (this.#isOwnedByOther(item.name, path)) continue
        if (!this.#removePath(path)) left.unshift(path)
      } else if (!this.#isOwnedByOther(item.name, path)) {
        this.#process.unlink(path)
        this.triggers.touched(path)
      }
    }
    const kept = left.length === 1 ? [] : left
    this.#owners = undefined
    this.#process.writeFile(this.database.infoPath(item, 'list'), kept.map(path => `${path}\n`).join(''))
  }

  /** What is left of a removed package: its configuration and the script that purges it, or nothing at all. */
  #leaveConfiguration(item: Package): void {
    this.triggers.setInterests(item.name, this.#info(item, 'triggers'), false)
    const hasPostrm = this.#process.exists(this.database.infoPath(item, 'postrm'))
    const isLeft = hasPostrm || item.conffiles.length > 0
    for (const path of this.#infoFiles(item))
      if (!isLeft || !/\.(list|postrm)$/.test(path)) this.#process.unlink(path)
    if (!isLeft) this.database.forget(item.name)
    else
      this.database.put(
        item
          .with({ 'Config-Version': configVersion(item) })
          .withStatus({ want: 'deinstall', state: 'config-files' }),
      )
  }

  *#purge(item: Package): Blocking<void> {
    this.#readDatabase()
    this.#say(`Purging configuration files for ${item.displayName} (${item.version}) ...\n`)
    for (const { path } of item.conffiles) {
      for (const ending of ['', '.dpkg-tmp', '.dpkg-new', '.dpkg-old', '.dpkg-dist', '~'])
        if (this.#isThere(path + ending)) this.#process.unlink(path + ending)
    }
    yield* this.#script(item, 'postrm', ['purge'])
    for (const path of [...this.database.files(item)].reverse())
      if (
        path !== '/.' &&
        this.#isThere(path) &&
        this.#isDirectory(path) &&
        !this.#isOwnedByOther(item.name, path)
      )
        if (!this.#removePath(path))
          this.#complain(
            `dpkg: warning: while removing ${item.displayName}, directory '${path}' not empty so not removed\n`,
          )
    for (const path of this.#infoFiles(item)) this.#process.unlink(path)
    this.database.forget(item.name)
  }

  /** Runs the scripts of packages whose triggers were activated. */
  *processTriggers(): Blocking<void> {
    for (const [name, names] of this.triggers.take()) {
      const item = this.database.find(name)
      if (item?.isInstalled !== true) continue
      this.#say(`Processing triggers for ${item.displayName} (${item.version}) ...\n`)
      yield* this.#guarded(item, '--configure', () =>
        this.#script(item, 'postinst', ['triggered', names.join(' ')]),
      )
    }
  }

  /** What goes wrong at one package is told, and the next one has its turn. */
  *#guarded(item: Package, action: string, body: () => Blocking<void>): Blocking<void> {
    try {
      yield* body()
    } catch (error) {
      if (!(error instanceof ScriptFailed)) throw error
      this.#complain(`dpkg: error processing package ${item.displayName} (${action}):\n ${error.message}\n`)
      this.failed.push(item.displayName)
    }
  }

  /** What dpkg ends with where something went wrong; its exit status. */
  end(): number {
    if (this.failed.length === 0) return 0
    this.#complain(
      `Errors were encountered while processing:\n${this.failed.map(name => ` ${name}\n`).join('')}`,
    )
    return 1
  }

  #info(item: Package, kind: string): string {
    const path = this.database.infoPath(item, kind)
    return this.#process.exists(path) ? this.#process.readText(path) : ''
  }

  *#script(item: Package, kind: string, args: readonly string[]): Blocking<void> {
    yield* this.#run({ item, kind, path: this.database.infoPath(item, kind), args })
  }

  *#run(call: Parameters<typeof runScript>[1]): Blocking<void> {
    if (!SCRIPTS.includes(call.kind)) return
    yield* runScript(this.#process, call, this.#options)
  }

  #isOwnedByOther(name: string, path: string): boolean {
    this.#owners ??= ownersOf(this.database)
    return this.#owners.get(path)?.some(owner => owner !== name) === true
  }

  #isThere(path: string): boolean {
    try {
      this.#process.lstat(path)
      return true
    } catch (error) {
      if (error instanceof KernelError) return false
      throw error
    }
  }

  #isDirectory(path: string): boolean {
    return this.#process.lstat(path).type === 'directory'
  }

  /** Removes a file, or a directory that is empty; whether it is gone. */
  #removePath(path: string): boolean {
    if (!this.#isDirectory(path)) {
      this.#process.unlink(path)
      return true
    }
    if (this.#process.readdir(path).length > 0) return false
    this.#process.rmdir(path)
    return true
  }
}

function ownersOf(database: Database): ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, string[]>()
  for (const item of database.all)
    for (const path of database.files(item)) {
      const names = owners.get(path)
      if (names === undefined) owners.set(path, [item.name])
      else names.push(item.name)
    }
  return owners
}

const sumOf = (process: Process, path: string): string => bytesToHex(md5(process.readFile(path)))

/** The version that was configured last. */
const configVersion = (item: Package): string =>
  item.isInstalled ? item.version : item.field('Config-Version')

/** The paths of a package's list: its files as they lie in it. */
export const listOf = (file: PackageFile): readonly string[] => ['/.', ...file.files.map(({ path }) => path)]

function conffilesOf(file: PackageFile): readonly string[] {
  return (controlText(file, 'conffiles') ?? '')
    .split('\n')
    .map(line => line.replace(/^remove-on-upgrade /, '').trim())
    .filter(line => line !== '')
}

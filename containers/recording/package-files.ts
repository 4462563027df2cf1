import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { ContentRecord, FileLine } from '../../src/format/image.ts'
import { mustRun } from '../command.ts'
import { recordFiles } from './files.ts'

/** What a package's file brings: what is unpacked, and what dpkg keeps of it. */
export interface PackageFiles {
  readonly files: readonly FileLine[]
  readonly control: readonly FileLine[]
  readonly content: Readonly<Record<string, ContentRecord>>
}

/** Configuration and what systemd, sysctl, kmod and their like read: the folders of which images have the content. */
const CHOSEN =
  /^\/etc\/|^(\/usr)?\/lib\/(systemd\/|sysctl\.d\/|modules-load\.d\/|modprobe\.d\/|tmpfiles\.d\/|sysusers\.d\/)/

/** Control members that are long and that nothing here reads. */
const NOT_CHOSEN: readonly string[] = ['/md5sums', '/symbols', '/shlibs', '/templates']

const PROGRAMS = /^(\/usr(\/local)?)?\/s?bin\//

const LISTING = '%y %m %U %G %T@ %s %D %i %n /%P\\0%l\\0'

/** Unpacks a package's file below `directory`, which must be root's own, and records it. */
export async function recordPackage(deb: string, directory: string): Promise<PackageFiles> {
  mkdirSync(directory, { recursive: true })
  await mustRun(['dpkg-deb', '--raw-extract', deb, join(directory, 'tree')])
  const tree = join(directory, 'tree')
  const controlDirectory = join(tree, 'DEBIAN')
  const scripts = scriptsOf(controlDirectory)
  const isChosen = (path: string): boolean =>
    CHOSEN.test(path) || scripts.includes(path) || isShellScript(tree, path)
  const unpacked = await listed(tree, isChosen, ['-path', controlDirectory, '-prune', '-o'])
  const control = await listed(controlDirectory, path => path !== '/control' && !NOT_CHOSEN.includes(path))
  return {
    files: unpacked.files.filter(line => !line.endsWith(' /')),
    control: control.files.filter(line => !line.endsWith(' /') && !line.endsWith(' /control')),
    content: { ...unpacked.content, ...control.content },
  }
}

/** The text of a package's scripts: what they copy or read is named there. */
const scriptsOf = (controlDirectory: string): string =>
  readdirSync(controlDirectory)
    .filter(name => /^(pre|post)(inst|rm)$/.test(name))
    .map(name => readFileSync(join(controlDirectory, name), 'latin1'))
    .join('\n')

async function listed(root: string, isChosen: (path: string) => boolean, prune: readonly string[] = []) {
  const files = await mustRun(['find', root, ...prune, '-printf', LISTING])
  return recordFiles({
    names: [],
    text: () => Buffer.from(files).toString('latin1'),
    optionalText: () => undefined,
    content: path => (isChosen(path) ? readFileSync(join(root, path)) : undefined),
  })
}

function isShellScript(root: string, path: string): boolean {
  if (!PROGRAMS.test(path)) return false
  const file = openSync(join(root, path), 'r')
  try {
    const head = Buffer.alloc(32)
    readSync(file, head)
    return /^#! ?\/(usr\/)?bin\/(ba|da)?sh\b/.test(head.toString('latin1'))
  } finally {
    closeSync(file)
  }
}

import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'
import { type ParsedOptions, program } from './getopt.ts'
import { kmodRelease } from './kmod-release.ts'
import { type FoundModule, Kmod } from './libkmod.ts'

/** modinfo(8) of kmod: of a module's own fields, those that the image has. */
export const modinfo = program(
  {
    options: ['F,field:', 'd,description', 'n,filename', '0,null', 'V,version'],
    unsimulated: ['a,author', 'l,license', 'p,parameters', 'm,modname', 'k,set-version:', 'b,basedir:'],
    hint: '',
  },
  (process, options) => {
    const release = kmodRelease(process)
    if (options.has('version')) {
      process.print(release.version)
      return 0
    }
    if (options.operands.length === 0) {
      process.complain('modinfo: ERROR: missing module or filename.\n')
      return 1
    }
    let status = 0
    for (const operand of options.operands) {
      if (isModuleFile(process, operand)) throw new Unsimulated('modinfo', `the file ${operand}`)
      const found = new Kmod(process).lookup(operand)
      if (found.length === 0) {
        process.complain(`modinfo: ERROR: ${release.modinfoNoun} ${operand} not found.\n`)
        status = 1
      }
      for (const module of found) process.print(textOf(process, module, options))
    }
    return status
  },
)

function isModuleFile(process: Process, path: string): boolean {
  return /\.ko(?:\.\w+)?$/.test(path) && process.exists(path) && process.stat(path).type === 'file'
}

/** The values of one field, each with its end. */
function textOf(process: Process, module: FoundModule, options: ParsedOptions): string {
  const field = fieldOf(options)
  if (field === undefined) throw new Unsimulated('modinfo', 'all fields of a module')
  const end = options.has('null') ? '\0' : '\n'
  return valuesOf(process, module, field)
    .map(value => `${value}${end}`)
    .join('')
}

function fieldOf(options: ParsedOptions): string | undefined {
  const last = options.last('field', 'description', 'filename')
  return last === 'field' ? options.value('field') : last
}

function valuesOf(process: Process, { name, isBuiltin }: FoundModule, field: string): readonly string[] {
  const kmod = new Kmod(process)
  const record = kmod.record(name)
  if (isBuiltin || record === undefined) {
    if (field === 'filename') return ['(builtin)']
    throw new Unsimulated('modinfo', `the field ${field} of a built-in module`)
  }
  switch (field) {
    case 'filename':
      return [`${kmod.directory}/${record.path}`]
    case 'name':
      return [name]
    case 'depends':
      return [record.depends.join(',')]
    case 'description':
      return record.description === undefined ? [] : [record.description]
    case 'alias':
      return record.aliases ?? []
    case 'softdep':
      return record.softdep === undefined ? [] : record.softdep.split('\n')
    default:
      throw new Unsimulated('modinfo', `the field ${field}`)
  }
}

import { strerror } from '../../src/host/errno.ts'
import { byNameHash } from '../fs/kernfs.ts'
import type { Process } from '../process.ts'
import { ANY_WORDS, parseOptions, UsageError, withCommandLine } from './getopt.ts'
import { kmodRelease } from './kmod-release.ts'

/** lsmod(8) of kmod: /proc/modules as a table, users in the order of /sys/module/NAME/holders. */
export function lsmod(process: Process): number {
  const refusal = refuse(process)
  if (refusal !== undefined) return refusal
  if (!process.exists('/proc/modules')) return complainOfNone(process)
  process.print('Module                  Size  Used by\n')
  for (const line of process.readText('/proc/modules').trimEnd().split('\n')) {
    const [name = '', size = '', refcount = '', users = '-'] = line.split(' ')
    const holders = users === '-' ? '' : ` ${users.slice(0, -1).split(',').sort(byNameHash).join(',')}`
    if (name !== '') process.print(`${name.padEnd(19)} ${size.padStart(8)}  ${refcount}${holders}\n`)
  }
  return 0
}

withCommandLine(lsmod, ANY_WORDS)

/** What is wrong with the command line: `kmod list` is lsmod too. */
function refuse(process: Process): number | undefined {
  const release = kmodRelease(process)
  const words = process.name === 'kmod' ? process.argv.slice(1) : process.argv
  if (!release.isLoggingAlike) {
    if (words.length === 1) return undefined
    process.complain(`Usage: ${words[0]}\n`)
    return 1
  }
  try {
    const options = parseOptions(
      process,
      { options: ['s,syslog', 'v,verbose', 'V,version'], hint: '' },
      words,
    )
    if (options.has('version')) process.print(release.version)
    if (options.has('version')) return 0
    if (options.operands.length === 0) return undefined
    process.complain(`${process.name}: ERROR: too many arguments provided.\n`)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.complain(error.text)
  }
  return 1
}

/** A kernel without modules. */
function complainOfNone(process: Process): number {
  const release = kmodRelease(process)
  const reason = strerror('ENOENT')
  const place = release.placeOf('kmod_module_new_from_loaded').replace('() ', ': ')
  const [library, tool] = release.isLoggingAlike
    ? [`${process.name}: ERROR: `, `${process.name}: ERROR: `]
    : [`libkmod: ERROR ${place}`, 'Error: ']
  process.complain(
    `${library}could not open /proc/modules: ${reason}\n${tool}could not get list of modules: ${reason}\n`,
  )
  return 1
}

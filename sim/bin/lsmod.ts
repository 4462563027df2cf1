import { strerror } from '../../src/host/errno.ts'
import { byNameHash } from '../fs/kernfs.ts'
import type { Process } from '../process.ts'
import { ANY_WORDS, withCommandLine } from './getopt.ts'

/** lsmod(8): /proc/modules as a table, users in the order of /sys/module/NAME/holders. */
export function lsmod(process: Process): number {
  if (process.argv.length > 1) {
    process.complain(`Usage: ${process.argv[0]}\n`)
    return 1
  }
  if (!process.exists('/proc/modules')) {
    const reason = strerror('ENOENT')
    process.complain(
      `libkmod: ERROR ../libkmod/libkmod-module.c:1725 kmod_module_new_from_loaded: could not open /proc/modules: ${reason}\n` +
        `Error: could not get list of modules: ${reason}\n`,
    )
    return 1
  }
  process.print('Module                  Size  Used by\n')
  for (const line of process.readText('/proc/modules').trimEnd().split('\n')) {
    const [name = '', size = '', refcount = '', users = '-'] = line.split(' ')
    const holders = users === '-' ? '' : ` ${users.slice(0, -1).split(',').sort(byNameHash).join(',')}`
    if (name !== '') process.print(`${name.padEnd(19)} ${size.padStart(8)}  ${refcount}${holders}\n`)
  }
  return 0
}

withCommandLine(lsmod, ANY_WORDS)

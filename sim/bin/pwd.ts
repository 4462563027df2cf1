import { program } from './getopt.ts'

/** pwd(1) of coreutils 9.1; physical, unless -L and PWD is right. */
export const pwd = program({ options: ['L,logical', 'P,physical'] }, (process, options) => {
  const logical = process.env.get('PWD')
  const isLogical =
    options.last('logical', 'physical') === 'logical' && logical !== undefined && process.exists(logical)
  process.print(`${isLogical ? logical : process.system.fs.realpath(process, '.')}\n`)
  return 0
})

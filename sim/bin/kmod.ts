import { Unsimulated } from '../../src/host/host.ts'
import type { Process, Program } from '../process.ts'
import { depmod } from './depmod.ts'
import { commandLineOf, program, withCommandLine } from './getopt.ts'
import { insmod } from './insmod.ts'
import { kmodRelease } from './kmod-release.ts'
import { lsmod } from './lsmod.ts'
import { modinfo } from './modinfo.ts'
import { modprobe } from './modprobe.ts'
import { rmmod } from './rmmod.ts'

const TOOLS: Readonly<Record<string, Program>> = { depmod, insmod, lsmod, modinfo, modprobe, rmmod }

/** Called by its own name: `kmod list` is lsmod. */
const own = program({ options: ['V,version'], hint: '', isStoppingAtOperand: true }, (process, options) => {
  if (options.has('version')) {
    process.print(kmodRelease(process).version)
    return 0
  }
  const [command] = options.operands
  if (command !== 'list') throw new Unsimulated('kmod', command ?? 'its help')
  return lsmod(process)
})

/** kmod(8): one program, whose links say which tool it is. */
export const kmod = withCommandLine(
  (process: Process): ReturnType<Program> => toolOf(process)(process),
  process => commandLineOf(toolOf(process))?.(process),
)

function toolOf(process: Process): Program {
  if (process.name === 'kmod') return own
  const tool = Object.hasOwn(TOOLS, process.name) ? TOOLS[process.name] : undefined
  if (tool === undefined) throw new Unsimulated(process.name, 'this tool of kmod')
  return tool
}

import { Unsimulated } from '../../src/host/host.ts'
import type { Process, Program } from '../process.ts'
import { commandLineOf, withCommandLine } from './getopt.ts'
import { lsmod } from './lsmod.ts'
import { modprobe } from './modprobe.ts'
import { rmmod } from './rmmod.ts'

const TOOLS: Readonly<Record<string, Program>> = { lsmod, modprobe, rmmod }

/** kmod(8): one program, whose links say which tool it is. */
export const kmod = withCommandLine(
  (process: Process): ReturnType<Program> => toolOf(process)(process),
  process => commandLineOf(toolOf(process))?.(process),
)

function toolOf(process: Process): Program {
  const tool = Object.hasOwn(TOOLS, process.name) ? TOOLS[process.name] : undefined
  if (tool === undefined) throw new Unsimulated(process.name, 'this tool of kmod')
  return tool
}

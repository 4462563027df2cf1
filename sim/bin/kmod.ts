import { Unsimulated } from '../../src/host/host.ts'
import type { Process, Program } from '../process.ts'
import { lsmod } from './lsmod.ts'
import { modprobe } from './modprobe.ts'
import { rmmod } from './rmmod.ts'

const TOOLS: Readonly<Record<string, Program>> = { lsmod, modprobe, rmmod }

/** kmod(8): one program, whose links say which tool it is. */
export function kmod(process: Process): ReturnType<Program> {
  const tool = Object.hasOwn(TOOLS, process.name) ? TOOLS[process.name] : undefined
  if (tool === undefined) throw new Unsimulated(process.name, 'this tool of kmod')
  return tool(process)
}

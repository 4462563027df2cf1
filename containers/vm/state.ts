import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { processStartTime, vmDirectory, vmNames, vmProcess } from '../../src/host/vm-directory.ts'
import type { Accelerator } from './qemu.ts'

/** What a virtual machine is made of, kept beside its disk so that it can be started again. */
export interface VmRecord {
  readonly release: string
  readonly accelerator: Accelerator
  readonly cpus: number
  readonly kernel: string
  readonly initrd: string
  readonly cmdline: readonly string[]
  /** The process that it is thrown away with, and when that was started; none for one that a person started. */
  readonly owner?: string
}

/** A machine that there is, running or not. */
export interface VmStatus {
  /** `debian-12`: what follows `vm:`. */
  readonly name: string
  readonly release: string
  readonly isRunning: boolean
  /** It belongs to a program that runs, and goes with it. */
  readonly isThrowAway: boolean
  /** What its directory takes on the disk of this machine. */
  readonly sizeBytes: number
}

/** Makes the directory of a new machine; throws where there is one of that name. */
export function createVmDirectory(name: string, record: VmRecord): string {
  const directory = vmDirectory(name)
  mkdirSync(join(directory, '..'), { recursive: true, mode: 0o700 })
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    if (!existsSync(directory)) throw error
    throw new Error(`there is a virtual machine vm:${name} already`)
  }
  writeVmRecord(directory, record)
  return directory
}

/** What was written when the machine was made or last started; undefined where there is none. */
export function readVmRecord(directory: string): VmRecord | undefined {
  const path = join(directory, 'vm.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}

export function writeVmRecord(directory: string, record: VmRecord): void {
  writeFileSync(join(directory, 'vm.json'), `${JSON.stringify(record, null, 2)}\n`)
}

/** The machines that there are, by name. */
export function listVms(): VmStatus[] {
  return vmNames().flatMap(name => {
    const directory = vmDirectory(name)
    const record = readVmRecord(directory)
    if (record === undefined) return []
    const isRunning = vmProcess(directory) !== undefined
    const isThrowAway = record.owner !== undefined
    return [{ name, release: record.release, isRunning, isThrowAway, sizeBytes: sizeOf(directory) }]
  })
}

/** Those that run. */
export const runningVms = (): VmStatus[] => listVms().filter(vm => vm.isRunning)

/** This process, as the owner of a throw-away machine. */
export const thisProcess = (): string => `${process.pid} ${processStartTime(process.pid) ?? ''}`

/** Removes the machines of processes that were killed; the kernel ended their QEMUs (PR_SET_PDEATHSIG). */
export function removeLeftOvers(): void {
  for (const name of vmNames()) {
    const directory = vmDirectory(name)
    const [pid = '', startTime] = readVmRecord(directory)?.owner?.split(' ') ?? []
    if (startTime === undefined || processStartTime(Number(pid)) === startTime) continue
    if (vmProcess(directory) === undefined) rmSync(directory, { recursive: true, force: true })
  }
}

function sizeOf(directory: string): number {
  const blocks = readdirSync(directory).map(name => statSync(join(directory, name)).blocks)
  return 512 * blocks.reduce((sum, count) => sum + count, 0)
}

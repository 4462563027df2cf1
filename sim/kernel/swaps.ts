import { KernelError } from '../../src/host/errno.ts'
import type { Cell } from '../clock.ts'

/** Swap that is in use: a row of /proc/swaps. */
export interface SwapArea {
  /** The file, as its file system names it. */
  readonly superblock: string
  readonly node: number | string
  readonly path: string
  readonly sizeKiB: number
  readonly priority: number
}

export type SwapsState = readonly SwapArea[]

/** Priorities that the kernel gives out: the first is -2 (least_priority of mm/swapfile.c, recorded). */
const FIRST_PRIORITY = -2

/** The areas of swapon(2), in the order in which they were added. Nothing is ever swapped out here. */
export class SwapTable {
  readonly #cell: Cell<SwapsState>

  constructor(cell: Cell<SwapsState>) {
    this.#cell = cell
  }

  get all(): SwapsState {
    return this.#cell.value
  }

  /** EBUSY for what is swap already. */
  add(area: Omit<SwapArea, 'priority'>): void {
    if (this.find(area.superblock, area.node) !== undefined) throw new KernelError('EBUSY')
    const priority = Math.min(FIRST_PRIORITY + 1, ...this.all.map(other => other.priority)) - 1
    this.#cell.value = [...this.all, { ...area, priority }]
  }

  find(superblock: string, node: number | string): SwapArea | undefined {
    return this.all.find(area => area.superblock === superblock && area.node === node)
  }

  /** EINVAL for what is none. */
  remove(superblock: string, node: number | string): void {
    if (this.find(superblock, node) === undefined) throw new KernelError('EINVAL')
    this.#cell.value = this.all.filter(area => area.superblock !== superblock || area.node !== node)
  }
}

import { KernelError } from '../../src/host/errno.ts'
import { Unsimulated } from '../../src/host/host.ts'
import { OpenFile } from './open-file.ts'

/** Character devices of mem(4) and tty(4), by major:minor (Documentation/admin-guide/devices.txt). */
const DEVICES: Readonly<Record<string, () => OpenFile>> = {
  '1:3': () => new MemoryDevice('null'),
  '1:5': () => new MemoryDevice('zero'),
  '1:7': () => new MemoryDevice('full'),
}

/** open(2) of a device node. */
export function openDevice(major: number, minor: number, path: string): OpenFile {
  const make = DEVICES[`${major}:${minor}`]
  if (make === undefined) throw new Unsimulated('open(2)', `the device ${path} (${major}:${minor})`)
  return make()
}

class MemoryDevice extends OpenFile {
  readonly #name: 'null' | 'zero' | 'full'

  constructor(name: 'null' | 'zero' | 'full') {
    super()
    this.#name = name
  }

  read(maxBytes: number): Uint8Array {
    return new Uint8Array(this.#name === 'null' ? 0 : maxBytes)
  }

  write(bytes: Uint8Array): number {
    if (this.#name === 'full') throw new KernelError('ENOSPC')
    return bytes.length
  }

  seek(): void {}
}

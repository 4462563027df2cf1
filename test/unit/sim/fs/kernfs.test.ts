import { describe, expect, it } from 'vitest'
import { byNameHash, type KernDirectory, KernFs, unmodelledRoot } from '../../../../sim/fs/kernfs.ts'
import { decodeText, encodeText } from '../../../../src/host/surrogate-escape.ts'

const ROOT = { credentials: { uid: 0, gid: 0, groups: [], capabilities: new Set<string>() } }

let value = '1'
const root: KernDirectory = {
  kind: 'directory',
  mode: 0o555,
  names: () => ['b', 'a'],
  lookup: name => {
    if (name === 'a')
      return {
        kind: 'file',
        mode: 0o644,
        read: () => `${value}\n`,
        write: text => {
          value = text.trim()
        },
      }
    if (name === 'b') return { kind: 'symlink', target: 'a' }
    return undefined
  },
}
const fs = new KernFs('proc', root, { bootSeconds: () => 1000, state: () => ({}) })

const textOf = (bytes: Uint8Array | undefined): string => decodeText(bytes ?? new Uint8Array())

describe('a generated file', () => {
  it('has no size, and the time of the boot', () => {
    expect(fs.getattr('a')).toMatchObject({ type: 'file', sizeBytes: 0, mtimeSeconds: 1000, mode: 0o644 })
  })

  it('is a function of state at the time of the first read(2)', () => {
    value = '1'
    const file = fs.open('a', { read: true }, ROOT)
    expect(textOf(file.read(1))).toBe('1')
    value = '2'
    expect(textOf(file.read(9))).toBe('\n')
    file.seek(0)
    expect(textOf(file.read(9))).toBe('2\n')
  })

  it('takes one write(2) at once', () => {
    fs.open('a', { write: true }, ROOT).write(encodeText('7\n'))
    expect(textOf(fs.open('a', { read: true }, ROOT).read(9))).toBe('7\n')
  })

  it('cannot be written through a descriptor for reading', () => {
    const file = fs.open('a', { read: true }, ROOT)
    expect(() => file.write(encodeText('1'))).toThrow(expect.objectContaining({ errno: 'EBADF' }))
  })
})

it('nothing can be created or removed', () => {
  for (const call of [() => fs.create(), () => fs.unlink(), () => fs.symlink(), () => fs.rename()])
    expect(call).toThrow(expect.objectContaining({ errno: expect.any(String) }))
})

it('a directory whose names are not known cannot be listed', () => {
  expect(fs.names('')).toEqual(['a', 'b'])
  expect(() =>
    new KernFs('bpf', unmodelledRoot('bpf'), { bootSeconds: () => 0, state: () => ({}) }).names(''),
  ).toThrow('is not simulated')
})

it('sysfs lists names by their hash', () => {
  // Recorded: /sys/module/virtio_ring/holders and /sys/module/scsi_common/holders of Linux 6.1.
  const holders = ['virtio_rng', 'virtio_console', 'virtio_pci', 'virtio_blk', 'virtio']
  expect(holders.toSorted().sort(byNameHash)).toEqual(holders)
  expect(['libata', 'scsi_mod'].sort(byNameHash)).toEqual(['scsi_mod', 'libata'])
})
